//! `solder accounts`.

use super::keys::shown_once;
use super::{day, list, on_installation, user_name, whole};
use crate::arguments::Accounts;
use crate::failure::{Failure, Result};
use crate::installation::Making;
use crate::print;
use serde_json::{Value, json};
use solder_model::Account;

/// The most characters of an account's name.
const NAME: usize = 100;

/// Runs one of them.
pub(crate) fn run(command: &Accounts) -> Result<()> {
    match command {
        Accounts::Create { name, user, open } => {
            let (name, user) = (account_name(name)?, user_name(user)?);
            on_installation(open, Making::Database, async |installation| {
                let made = installation.create_account(name, &user).await;
                let (account, key, secret) = made.map_err(|error| {
                    let cause = Failure::from(error);
                    Failure::Failed(format!(
                        "The account `{name}` was not made. {}",
                        cause.text().unwrap_or_default()
                    ))
                })?;
                if open.json {
                    let made = print::with(super::keys::to_json(&key), "apiKey", secret.expose());
                    return print::json(&json!({ "account": to_json(&account), "key": made }));
                }
                print::line(&format!(
                    "Account  {} ({})",
                    print::visible(&account.name),
                    account.id
                ))?;
                print::line(&format!("User     {}", print::visible(user.as_str())))?;
                shown_once(&secret)
            })
        }
        Accounts::List { open } => on_installation(open, Making::Nothing, async |installation| {
            let accounts = whole(|page| installation.list_accounts(page)).await?;
            list(
                open.json,
                "accounts",
                &accounts,
                to_json,
                &["NAME", "ID", "CREATED (UTC)"],
                |account| {
                    vec![
                        account.name.clone(),
                        account.id.to_string(),
                        day(account.created_at),
                    ]
                },
            )
        }),
    }
}

/// A name that people can tell from others: not blank, no white space at either end, no control characters.
fn account_name(name: &str) -> Result<&str> {
    let plain = !name.is_empty() && name.trim() == name && !name.contains(char::is_control);
    if plain && name.chars().count() <= NAME {
        Ok(name)
    } else {
        Err(Failure::Settings(format!(
            "An account's name has 1 to {NAME} characters, without white space at either end and without control \
             characters."
        )))
    }
}

fn to_json(account: &Account) -> Value {
    json!({ "accountId": account.id.as_str(), "name": account.name, "createdAt": account.created_at })
}
