//! Who may follow a link: whoever got it, for as long as the way that they came in by is open.

use crate::Engine;
use crate::authorization::Access;
use crate::caller::{Authorization, Caller, Identity, Way};
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::warm::ServerEntry;
use serde::{Deserialize, Serialize};
use solder_model::{AccountId, Digest, GrantId, JwtKeyId, Scopes, UserId, UserName};
use std::net::IpAddr;
use std::sync::Arc;

/// A caller as a link holds it. Digests are those of the key and of the server's token: neither is worth anything by itself.
#[derive(Serialize, Deserialize)]
pub(super) struct Holder {
    account: AccountId,
    user: Option<UserId>,
    user_name: String,
    by: By,
}

#[derive(Serialize, Deserialize)]
enum By {
    Key([u8; 32]),
    Jwt(JwtKeyId),
    OAuth(GrantId, bool),
    TokenUrl([u8; 32]),
    Unsigned([u8; 32]),
}

impl Holder {
    /// The caller, as a link holds it.
    pub(super) fn of(caller: &Caller, scope: Scope<'_>) -> Result<Self> {
        let token = || {
            let entry = scope
                .entry()
                .ok_or(Error::Internal("a token URL without its server"))?;
            Ok::<_, Error>(entry.server.token_digest.0)
        };
        let by = match &caller.way {
            Way::Key(key) => By::Key(key.digest.0),
            Way::Jwt(key) => By::Jwt(key.clone()),
            Way::OAuth(access) => By::OAuth(access.grant.id.clone(), access.scopes >= Scopes::Write),
            Way::TokenUrl(_) => By::TokenUrl(token()?),
            Way::Unsigned(_) => By::Unsigned(token()?),
            Way::Ticket { .. } => return Err(Error::Internal("a ticket's visitor executes nothing")),
        };
        Ok(Self {
            account: caller.account.clone(),
            user: caller.user.clone(),
            user_name: caller.user_name.as_str().to_owned(),
            by,
        })
    }
}

impl Engine {
    /// The caller whom a link was given to, if the way that they came in by is still open.
    pub(super) async fn held(
        &self,
        holder: &Holder,
        entry: Option<&ServerEntry>,
        client: IpAddr,
    ) -> Result<Option<Caller>> {
        let Ok(user_name) = UserName::new(&holder.user_name) else {
            return Ok(None);
        };
        let by_token = |digest: &[u8; 32]| {
            entry.filter(|entry| {
                let server = &entry.server;
                server.ways_in.token_url
                    && server.token_digest == Digest(*digest)
                    && server
                        .token_expires_at
                        .is_none_or(|until| self.clock.now() < until)
            })
        };
        let way = match &holder.by {
            By::Key(digest) => {
                let known = self.warm.key(&self.storage, Digest(*digest)).await?;
                let live = known.filter(|known| known.key.is_live(self.clock.now()));
                let bound = |known: &&Arc<_>| fits(known, &user_name);
                live.as_ref()
                    .filter(bound)
                    .map(|known| Way::Key(Arc::clone(&known.key)))
            }
            By::Jwt(id) => {
                let keys = self.account_jwt_keys(&holder.account).await?;
                keys.iter().any(|key| key.id == *id).then(|| Way::Jwt(id.clone()))
            }
            By::OAuth(id, writes) => {
                let grant = self.warm.grant(&self.storage, id).await?;
                let here = grant.filter(|grant| {
                    entry.is_some_and(|entry| entry.server.id == grant.server && entry.server.ways_in.oauth)
                });
                let scopes = if *writes { Scopes::Write } else { Scopes::Read };
                here.map(|grant| Way::OAuth(Arc::new(Access { grant, scopes })))
            }
            By::TokenUrl(digest) => by_token(digest)
                .filter(|entry| entry.server.owner_name == user_name)
                .map(|entry| Way::TokenUrl(entry.server.id.clone())),
            By::Unsigned(digest) => {
                let Some(entry) = by_token(digest) else {
                    return Ok(None);
                };
                let identity = Identity {
                    authorization: Authorization::Absent,
                    user_name: Some(&user_name),
                    user_token: None,
                    client,
                };
                return self.as_unsigned(entry, &user_name, &identity).await.map(Some);
            }
        };
        Ok(way.map(|way| Caller {
            account: holder.account.clone(),
            user: holder.user.clone(),
            user_name: user_name.clone(),
            way,
            client,
        }))
    }
}

/// Whether a key may still act as the user.
fn fits(known: &crate::last_use::KnownKey, user: &UserName) -> bool {
    !known.key.user_bound || known.key.user_name == *user
}
