//! `--live`: the calls that need nothing but a credential, made at the real platform.
//!
//! An installation that lives as long as the command makes them, in a folder of its own, so that they go the way of every
//! call: nothing of the operator's installation is opened, and nothing of the credential stays.

use crate::arguments::Check;
use crate::commands::connectors::unknown;
use crate::failure::{Failure, Result};
use crate::print;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemEntropy};
use serde_json::{Map, Value};
use solder_connector::{Action, Auth, Connector, Kind};
use solder_engine::{
    Asked, Authorization, Caller, Catalog, CredentialMade, Engine, Identity, Installation, Scope,
    Settings as EngineSettings,
};
use solder_model::UserName;
use solder_storage::Storage;
use solder_vault::{KeyRing, MasterKey};
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use url::Url;

/// Account and user of the calls.
const NAME: &str = "check";

/// One call.
pub(super) struct Called {
    pub(super) action: String,
    /// The size of the answer in bytes, or what was wrong, for a person.
    pub(super) came: std::result::Result<usize, String>,
}

/// Calls the connector's `check` action and every read that has no required parameter.
pub(super) fn run(arguments: &Check, settings: &Settings) -> Result<Vec<Called>> {
    let [id] = arguments.connectors.as_slice() else {
        return Err(Failure::Settings(
            "--live calls one platform: name its connector, as in `check slack --live --credential FILE`."
                .to_owned(),
        ));
    };
    let own = engine_settings(settings);
    let catalog = Catalog::open(&own)?;
    let (connector, _) = catalog.find(id).ok_or_else(|| unknown(id, catalog.ids()))?;
    let given = arguments.credential.as_deref();
    let given = given.map(|from| credential(from, id)).transpose()?;
    let kind = given
        .as_ref()
        .and_then(|given| given.get("authenticationType")?.as_str());
    let auth = kind.map_or(connector.auth.first(), |kind| connector.auth(kind));
    let actions = callable(&connector, auth);
    let credential = match given {
        Some(given) => Some(given),
        None if actions.iter().any(|action| action.needs_credential) => {
            return Err(Failure::Settings(format!(
                "--live needs a credential for {}: --credential FILE, or env:NAME for a variable that holds the same.",
                connector.name
            )));
        }
        None => None,
    };
    if !arguments.catalog.json {
        let names: Vec<_> = actions.iter().map(|action| action.id.as_str()).collect();
        print::line(&format!(
            "Calling {} for real, reads alone: {}",
            connector.name,
            names.join(", ")
        ))?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::because("the runtime does not start", &error))?;
    runtime.block_on(call(own, catalog, id, credential, &actions))
}

/// The `check` action, then the reads that need no argument.
fn callable(connector: &Connector, auth: Option<&Auth>) -> Vec<Arc<Action>> {
    let checked = auth.and_then(|auth| connector.check_of(auth));
    let is_check = |action: &Action| checked.is_some_and(|check| check.id == action.id);
    let free = |action: &Action| {
        action.kind == Kind::Read
            && action.deprecated.is_none()
            && action.params().iter().all(|param| !param.required)
    };
    let all: Vec<_> = connector.actions().cloned().collect();
    let first = all.iter().filter(|action| is_check(action));
    let rest = all.iter().filter(|action| !is_check(action) && free(action));
    first.chain(rest).cloned().collect()
}

fn engine_settings(settings: &Settings) -> EngineSettings {
    let connectors = settings
        .connectors
        .iter()
        .map(|(id, own)| (id.to_string(), own.clone()));
    EngineSettings {
        connectors_dir: settings.connectors_dir.clone(),
        connectors: connectors.collect(),
        ..EngineSettings::default()
    }
}

/// What is asked of [`Engine::create_credential`]: the file's `authenticationType` and `fields`, for this connector.
fn credential(from: &str, connector: &str) -> Result<Map<String, Value>> {
    let text = match from.strip_prefix("env:") {
        Some(name) => variable(name)?,
        None if from == "-" => {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| Failure::because("standard input cannot be read", &error))?;
            text
        }
        None => std::fs::read_to_string(from)
            .map_err(|error| Failure::because(format!("{from} cannot be read"), &error))?,
    };
    let Ok(Value::Object(mut body)) = serde_json::from_str(&text) else {
        // What stands in it is a secret, and so is not shown.
        return Err(Failure::Failed(
            "A credential is a JSON object, such as {\"authenticationType\": \"bot_token\", \"fields\": {\"token\": \"…\"}}."
                .to_owned(),
        ));
    };
    body.insert("connectorId".to_owned(), connector.into());
    Ok(body)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line names the variable, which is no setting"
)]
fn variable(name: &str) -> Result<String> {
    std::env::var(name)
        .map_err(|error| Failure::because(format!("the variable {name} cannot be read"), &error))
}

async fn call(
    settings: EngineSettings,
    catalog: Catalog,
    connector: &str,
    credential: Option<Map<String, Value>>,
    actions: &[Arc<Action>],
) -> Result<Vec<Called>> {
    let folder =
        tempfile::tempdir().map_err(|error| Failure::because("a temporary folder cannot be made", &error))?;
    let installation = installation(&folder.path().join("check.db")).await?;
    let user = UserName::new(NAME).map_err(|error| Failure::because("the user", &error))?;
    let (_, _, key) = installation.create_account(NAME, &user).await?;
    let engine = Engine::start(installation, catalog, settings).await?;
    let identity = Identity {
        authorization: Authorization::Bearer(key.expose()),
        user_name: None,
        user_token: None,
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let caller = engine.authenticate_api(&identity).await?;
    let called = all(&engine, &caller, connector, credential, actions).await;
    engine.stop().await;
    called
}

async fn installation(database: &std::path::Path) -> Result<Installation> {
    let url = Url::from_file_path(database)
        .map_err(|()| Failure::Failed(format!("{} is not a whole path", database.display())))?;
    let storage = Storage::open(&format!("sqlite://{}", url.path())).await;
    let storage = storage.map_err(|error| Failure::because("a temporary database cannot be made", &error))?;
    let ring = KeyRing::new(MasterKey::generate(&SystemEntropy));
    Ok(Installation::open(storage, ring, Arc::new(SystemClock), Arc::new(SystemEntropy)).await?)
}

async fn all(
    engine: &Engine,
    caller: &Caller,
    connector: &str,
    credential: Option<Map<String, Value>>,
    actions: &[Arc<Action>],
) -> Result<Vec<Called>> {
    let made = match credential {
        Some(body) => match engine.create_credential(caller, &body, None).await? {
            CredentialMade::Credential(made) => Some(made.credential_id.to_string()),
            CredentialMade::Consent(_) => {
                return Err(Failure::Failed(
                    "A person has to consent to this kind of credential in a browser: --live takes one that is filled in."
                        .to_owned(),
                ));
            }
        },
        None => None,
    };
    let mut called = Vec::new();
    for action in actions {
        let asked = Asked {
            connector,
            action: Some(&action.id),
            credential: made.as_deref().filter(|_| action.needs_credential),
        };
        let answer = engine
            .execute_action(caller, Scope::ACCOUNT, &asked, Map::new())
            .await;
        let came = match answer {
            Ok(answer) => Ok(answer.text.len()),
            Err(error) => Err(Failure::from(error).text().unwrap_or_default().to_owned()),
        };
        let action = action.id.clone();
        called.push(Called { action, came });
    }
    Ok(called)
}
