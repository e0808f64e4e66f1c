//! `solder keys`.

use super::{account, day, list, on_installation, user_name, whole};
use crate::arguments::{Account, KeyRole, Keys};
use crate::failure::{Failure, Result};
use crate::installation::Making;
use crate::print;
use crate::system::SystemClock;
use serde_json::{Value, json};
use solder_engine::NewKey;
use solder_model::{AccountId, ApiKey, ApiKeyId, Clock, Role, Secret, Timestamp};

/// Runs one of them.
pub(crate) fn run(command: &Keys) -> Result<()> {
    match command {
        Keys::Create {
            account: named,
            user,
            role,
            user_bound,
            name,
            expires_in_days,
            open,
        } => {
            let new = new_key(user, *role, *user_bound, name, *expires_in_days)?;
            on_installation(open, Making::Nothing, async |installation| {
                let account = account(&installation, named).await?;
                let (key, secret) = installation.create_key(&account.id, &new).await?;
                if open.json {
                    return print::json(&print::with(to_json(&key), "apiKey", secret.expose()));
                }
                print::line(&format!("Key      {}", key.id))?;
                print::line(&format!(
                    "Acts as  {} of {}",
                    print::visible(key.user_name.as_str()),
                    account.name
                ))?;
                print::line(&format!(
                    "Role     {}{}",
                    key.role.as_str(),
                    if key.user_bound { ", user-bound" } else { "" }
                ))?;
                print::line(&format!(
                    "Ends     {}",
                    key.expires_at.map_or_else(|| "never".to_owned(), day)
                ))?;
                shown_once(&secret)
            })
        }
        Keys::List { account: named, open } => on_installation(open, Making::Nothing, async |installation| {
            let account = account(&installation, named).await?;
            let keys = whole(|page| installation.list_keys(&account.id, page)).await?;
            let heads = [
                "ID",
                "NAME",
                "USER",
                "ROLE",
                "USER-BOUND",
                "CREATED (UTC)",
                "ENDS (UTC)",
                "LAST USED (UTC)",
            ];
            list(open.json, "keys", &keys, to_json, &heads, row)
        }),
        Keys::Rotate {
            key,
            grace_seconds,
            account: named,
            open,
        } => {
            let (id, grace_ms) = (key_id(key)?, i64::from(*grace_seconds) * 1_000);
            on_installation(open, Making::Nothing, async |installation| {
                let rotated = in_its_account(&installation, named, &id, async |account| {
                    installation.rotate_key(account, &id, grace_ms).await
                });
                let (new, secret) = rotated.await?;
                if open.json {
                    return print::json(&print::with(to_json(&new), "apiKey", secret.expose()));
                }
                print::line(&format!("Key      {}", new.id))?;
                print::line(&format!("Old key  {id} {}", ends_in(*grace_seconds)))?;
                print::line(&format!(
                    "Ends     {}",
                    new.expires_at.map_or_else(|| "never".to_owned(), day)
                ))?;
                shown_once(&secret)
            })
        }
        Keys::Revoke {
            key,
            account: named,
            open,
        } => {
            let id = key_id(key)?;
            on_installation(open, Making::Nothing, async |installation| {
                let revoked = in_its_account(&installation, named, &id, async |account| {
                    installation.revoke_key(account, &id).await
                });
                revoked.await?;
                if open.json {
                    return print::json(&json!({ "keyId": id.as_str(), "revoked": true }));
                }
                print::line(&format!(
                    "Key {id} has ended. A running Solder follows within a second."
                ))
            })
        }
    }
}

/// An API key in words, once.
pub(super) fn shown_once(secret: &Secret) -> Result<()> {
    print::line(&format!("API key  {}", secret.expose()))?;
    print::line("\nThe API key is shown this once. Keep it safe.")
}

pub(super) fn to_json(key: &ApiKey) -> Value {
    json!({
        "keyId": key.id.as_str(),
        "name": key.name,
        "accountId": key.account.as_str(),
        "userId": key.user_name.as_str(),
        "role": key.role.as_str(),
        "userBound": key.user_bound,
        "createdAt": key.created_at,
        "expiresAt": key.expires_at,
        "lastUsedAt": key.last_used_at,
    })
}

fn row(key: &ApiKey) -> Vec<String> {
    vec![
        key.id.to_string(),
        key.name.clone(),
        key.user_name.to_string(),
        key.role.as_str().to_owned(),
        if key.user_bound { "yes" } else { "no" }.to_owned(),
        day(key.created_at),
        key.expires_at.map_or_else(|| "never".to_owned(), day),
        key.last_used_at.map_or_else(|| "never".to_owned(), day),
    ]
}

fn new_key(user: &str, role: KeyRole, user_bound: bool, name: &str, days: Option<u16>) -> Result<NewKey> {
    if user_bound && role == KeyRole::Admin {
        return Err(Failure::Settings(
            "A user-bound key is always a member: leave out --user-bound or --role admin.".to_owned(),
        ));
    }
    if name.chars().count() > 100 || name.contains(char::is_control) {
        return Err(Failure::Settings(
            "A key's name has at most 100 characters and no control characters.".to_owned(),
        ));
    }
    let role = match role {
        KeyRole::Admin => Role::Admin,
        KeyRole::Member => Role::Member,
    };
    let ends = |days: u16| SystemClock.now().plus_ms(i64::from(days) * Timestamp::DAY_MS);
    Ok(NewKey {
        name: name.to_owned(),
        user: user_name(user)?,
        role,
        user_bound,
        expires_at: days.map(ends),
    })
}

fn key_id(text: &str) -> Result<ApiKeyId> {
    ApiKeyId::new(text).map_err(|error| Failure::Settings(format!("{error}; `solder keys list` shows it.")))
}

/// When a key ends that has been rotated.
fn ends_in(seconds: u32) -> String {
    match seconds {
        0 => "has ended; a running Solder follows within a second".to_owned(),
        1 => "ends in 1 second".to_owned(),
        seconds => format!("ends in {seconds} seconds"),
    }
}

/// Does something to a key in the account that is named, or in whichever has it: ids are unique in an installation.
async fn in_its_account<T>(
    installation: &solder_engine::Installation,
    named: &Account,
    id: &ApiKeyId,
    work: impl AsyncFn(&AccountId) -> solder_engine::Result<T>,
) -> Result<T> {
    if named.account.is_some() {
        let account = account(installation, named).await?;
        return Ok(work(&account.id).await?);
    }
    for account in whole(|page| installation.list_accounts(page)).await? {
        match work(&account.id).await {
            Err(solder_engine::Error::NotFound(_)) => {}
            done => return Ok(done?),
        }
    }
    Err(Failure::Failed(format!(
        "There is no key {id}: `solder keys list` shows those that there are."
    )))
}
