//! One file a command; here what several of them share.

pub(crate) mod accounts;
pub(crate) mod connectors;
pub(crate) mod jwt_keys;
pub(crate) mod keys;
pub(crate) mod serve;
pub(crate) mod settings;
pub(crate) mod users;
pub(crate) mod vault;

use crate::arguments::{Account, Open};
use crate::failure::{Failure, Result};
use crate::installation::{self, Making};
use crate::settings::{LogLevel, Settings};
use crate::{logging, print};
use serde_json::{Value, json};
use solder_engine::Installation;
use solder_model::{Page, Paged, UserName};
use tracing::level_filters::LevelFilter;

/// Reads the settings of a command that does one thing and ends, and starts its log. Unless it was asked for, such a
/// command logs warnings alone.
fn prepare<const USES: u8>(flags: &crate::settings::Flags<USES>) -> Result<Settings> {
    let settings = Settings::read(flags)?;
    let quiet = LogLevel(settings.log.0.min(LevelFilter::WARN));
    let level = if settings.origins.is_given("log") {
        settings.log
    } else {
        quiet
    };
    logging::start(level, settings.log_format);
    Ok(settings)
}

/// Runs a command on the installation that the flags name.
fn on_installation<F>(open: &Open, making: Making, work: impl FnOnce(Installation) -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    let settings = prepare(&open.flags)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::because("the runtime does not start", &error))?;
    runtime.block_on(async {
        let installation = installation::open(&settings, making).await?;
        work(installation).await
    })
}

/// The account that is named, or the only one there is.
async fn account(installation: &Installation, named: &Account) -> Result<solder_model::Account> {
    if let Some(name) = &named.account {
        return Ok(installation.get_account(name).await?);
    }
    let mut accounts = installation.list_accounts(Page { limit: 2, offset: 0 }).await?;
    match (accounts.total, accounts.items.pop()) {
        (1, Some(only)) => Ok(only),
        (0, _) => Err(Failure::Failed(
            "There is no account yet: `solder accounts create NAME` makes one.".to_owned(),
        )),
        (count, _) => Err(Failure::Failed(format!(
            "There are {count} accounts: name one with --account. `solder accounts list` shows them."
        ))),
    }
}

/// The whole of a list, page by page.
async fn whole<T, F>(page: impl Fn(Page) -> F) -> Result<Vec<T>>
where
    F: Future<Output = solder_engine::Result<Paged<T>>>,
{
    let mut items = Vec::new();
    loop {
        let next = page(Page {
            limit: Page::MOST,
            offset: items.len() as u64,
        })
        .await?;
        let more = next.has_more() && !next.items.is_empty();
        items.extend(next.items);
        if !more {
            return Ok(items);
        }
    }
}

/// A user's id as it was typed.
fn user_name(text: &str) -> Result<UserName> {
    UserName::new(text).map_err(|error| Failure::Failed(format!("`{}`: {error}", print::visible(text))))
}

/// Prints a list: as JSON under its name, or as a table.
fn list<T>(
    json: bool,
    name: &str,
    items: &[T],
    to_json: impl Fn(&T) -> Value,
    heads: &[&str],
    row: impl Fn(&T) -> Vec<String>,
) -> Result<()> {
    if json {
        let values: Vec<_> = items.iter().map(to_json).collect();
        return print::json(&json!({ name: values, "count": items.len() }));
    }
    if items.is_empty() {
        return print::line(&format!("There are no {name}."));
    }
    print::line(&print::table(heads, &items.iter().map(row).collect::<Vec<_>>()))
}

/// A moment for people: to the minute, in UTC.
fn day(moment: solder_model::Timestamp) -> String {
    let text = moment.to_string();
    text.get(..16).unwrap_or(&text).replace('T', " ")
}
