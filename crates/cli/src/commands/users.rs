//! `solder users`.

use super::{account, day, list, on_installation, user_name, whole};
use crate::arguments::Users;
use crate::failure::Result;
use crate::installation::Making;
use crate::{password, print};
use serde_json::{Value, json};
use solder_model::User;

/// Runs one of them.
pub(crate) fn run(command: &Users) -> Result<()> {
    match command {
        Users::Create {
            user,
            account: named,
            open,
        } => {
            let name = user_name(user)?;
            on_installation(open, Making::Nothing, async |installation| {
                let account = account(&installation, named).await?;
                let user = installation.create_user(&account.id, &name).await?;
                if open.json {
                    return print::json(&to_json(&user));
                }
                print::line(&format!(
                    "User {} of {} is there.",
                    print::visible(user.name.as_str()),
                    account.name
                ))
            })
        }
        Users::SetPassword {
            user,
            account: named,
            open,
        } => {
            let name = user_name(user)?;
            let password = password::read(&print::visible(user))?;
            on_installation(open, Making::Nothing, async |installation| {
                let account = account(&installation, named).await?;
                let user = installation.set_password(&account.id, &name, password).await?;
                if open.json {
                    return print::json(&print::with(to_json(&user), "hasPassword", true));
                }
                print::line(&format!(
                    "User {} of {} has this password now; what was signed in before is signed out.",
                    print::visible(user.name.as_str()),
                    account.name
                ))
            })
        }
        Users::RemovePassword {
            user,
            account: named,
            open,
        } => {
            let name = user_name(user)?;
            on_installation(open, Making::Nothing, async |installation| {
                let account = account(&installation, named).await?;
                let user = installation.remove_password(&account.id, &name).await?;
                if open.json {
                    return print::json(&print::with(to_json(&user), "hasPassword", false));
                }
                print::line(&format!(
                    "User {} of {} has no password any more; what was signed in before is signed out.",
                    print::visible(user.name.as_str()),
                    account.name
                ))
            })
        }
        Users::List { account: named, open } => {
            on_installation(open, Making::Nothing, async |installation| {
                let account = account(&installation, named).await?;
                let users = whole(|page| installation.list_users(&account.id, page)).await?;
                list(
                    open.json,
                    "users",
                    &users,
                    to_json,
                    &["USER", "CREATED (UTC)"],
                    |user| vec![user.name.to_string(), day(user.created_at)],
                )
            })
        }
    }
}

fn to_json(user: &User) -> Value {
    json!({ "userId": user.name.as_str(), "accountId": user.account.as_str(), "createdAt": user.created_at })
}
