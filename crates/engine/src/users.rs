//! Users of an account, for its admins: create, list, get. They come to be by themselves too, when a caller who may name
//! users first names one.

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::keys::user_name;
use serde::Serialize;
use serde_json::{Map, Value, json};
use solder_model::{Page, Paged, Timestamp, User, UserId, UserName};
use utoipa::ToSchema;

const WHAT: &str = "Users";

/// A user as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// The internal id, which never changes; the audit log speaks of the user by it.
    #[schema(value_type = String, example = "usr_a1b2c3d4e5f6a7b8")]
    pub id: UserId,
    /// The customer's own id of the user.
    #[schema(value_type = String, example = "ada@example.com")]
    pub user_id: UserName,
    /// When it was first named.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A page of users.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserList {
    /// This page, newest first.
    pub users: Vec<UserView>,
    /// How many there are in all.
    pub count: u64,
    /// The same as `count`.
    pub total: u64,
    /// The largest number on this page.
    pub limit: u32,
    /// How many were passed over.
    pub offset: u64,
    /// Whether more follow.
    pub has_more: bool,
}

impl Engine {
    /// Creates a user, or gives the one that stands under this id. Says besides whether it came to be now.
    pub async fn create_user(&self, caller: &Caller, body: &Map<String, Value>) -> Result<(UserView, bool)> {
        caller.demand_admin(WHAT)?;
        let mut read = Fields::new(body);
        read.only(&["userId"]);
        if read.sent("userId").is_none() {
            read.fault("userId", "is required: your own id of the user");
        }
        let name = user_name(&mut read, "userId");
        let Some(name) = read.finish(name)? else {
            return Err(Error::Internal("a user id was read and is not there"));
        };
        let user = User {
            id: UserId::random(&*self.entropy),
            account: caller.account.clone(),
            name,
            created_at: self.clock.now(),
        };
        let audit = self.audit(caller, "user.create", user.id.as_str(), json!({}));
        let (standing, is_new) = self.storage.create_user(&user, &audit).await?;
        self.warm.forget_user(&standing.account, &standing.name);
        Ok((UserView::new(standing), is_new))
    }

    /// The account's users, newest first; with `name`, the one of that id alone.
    pub async fn list_users(&self, caller: &Caller, name: Option<&str>, page: Page) -> Result<UserList> {
        caller.demand_admin(WHAT)?;
        let Some(name) = name else {
            let paged = self.storage.list_users(&caller.account, page).await?;
            return Ok(UserList::new(paged));
        };
        let name = UserName::new(name).map_err(|rule| Error::invalid("userId", rule.to_string()))?;
        let found = self.storage.find_user(&caller.account, &name).await?;
        let total = u64::from(found.is_some());
        let shown = found.into_iter().filter(|_| page.offset == 0);
        Ok(UserList::new(Paged {
            items: shown.collect(),
            total,
            page,
        }))
    }

    /// The user of that internal id.
    pub async fn get_user(&self, caller: &Caller, id: &str) -> Result<UserView> {
        const UNKNOWN: Error = Error::NotFound("The account has no such user");
        caller.demand_admin(WHAT)?;
        let id = UserId::new(id).map_err(|_bad| UNKNOWN)?;
        let found = self.storage.find_user_by_id(&id).await?;
        let own = found.filter(|user| user.account == caller.account);
        own.map(UserView::new).ok_or(UNKNOWN)
    }
}

impl UserView {
    fn new(user: User) -> Self {
        Self {
            id: user.id,
            user_id: user.name,
            created_at: user.created_at,
        }
    }
}

impl UserList {
    fn new(paged: Paged<User>) -> Self {
        let has_more = paged.has_more();
        Self {
            users: paged.items.into_iter().map(UserView::new).collect(),
            count: paged.total,
            total: paged.total,
            limit: paged.page.limit,
            offset: paged.page.offset,
            has_more,
        }
    }
}
