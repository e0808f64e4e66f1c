//! Playing what was recorded. Of a call, the request that is built must be the recorded one, and the reading of the recorded
//! answer the recorded outcome; of a connection by OAuth, the same holds for each of its steps.

mod connection;
mod flow;
mod outcome;
mod read;
mod sent;

use crate::{BuildInput, Connector, LoadFault};
use serde_json::{Map, Value};
use solder_model::Secret;
use std::collections::BTreeMap;
use std::fmt;

/// What an example shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A call of the action with this id.
    Action(String),
    /// How one connects by the auth of this kind.
    Connection(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(id) => f.write_str(id),
            Self::Connection(kind) => write!(f, "connecting by {kind}"),
        }
    }
}

/// How one example went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What it shows.
    pub subject: Subject,
    /// The line at which the example begins.
    pub line: usize,
    /// Where the answer is from: `description`, `stand-in` or `written`.
    pub from: String,
    /// What was not as recorded; empty where all was.
    pub differences: Vec<String>,
}

/// Plays every example of a file against its connector.
///
/// # Errors
///
/// Every fault of the file where it does not follow the format.
pub fn play(connector: &Connector, file: &str, text: &str) -> Result<Vec<Played>, Vec<LoadFault>> {
    let recorded = read::parse(file, text)?;
    let calls = recorded.calls.iter().map(|example| one(connector, example));
    let connections = recorded.connections.iter().map(|one| flow::play(connector, one));
    Ok(calls.chain(connections).collect())
}

fn one(connector: &Connector, example: &read::Example) -> Played {
    let mut differences = Vec::new();
    match connector.action(&example.action) {
        Some(action) => {
            if let Err(faults) = action.validate(&example.arguments) {
                let told = faults
                    .iter()
                    .map(|fault| format!("argument {}: {}", fault.field, fault.message));
                differences.extend(told);
            }
            request(connector, action, example, &mut differences);
            let cursor = example.arguments.get("cursor").and_then(Value::as_str);
            let reading = connector.read(action, cursor, &example.answer, example.now);
            outcome::compare(&example.outcome, &reading, &mut differences);
        }
        None => differences.push(format!("there is no action `{}`", example.action)),
    }
    Played {
        subject: Subject::Action(example.action.clone()),
        line: example.line,
        from: example.from.clone(),
        differences,
    }
}

fn request(
    connector: &Connector,
    action: &crate::Action,
    example: &read::Example,
    differences: &mut Vec<String>,
) {
    let auth = match &example.auth {
        Some(kind) => {
            let found = connector.auth(kind);
            if found.is_none() {
                differences.push(format!("there is no auth `{kind}`"));
            }
            found
        }
        None => connector.auth.iter().find(|auth| auth.oauth.is_none()),
    };
    let secrets: BTreeMap<String, Secret> = auth
        .map(|auth| auth.fields.iter().filter(|field| field.secret))
        .into_iter()
        .flatten()
        .map(|field| (field.name.clone(), Secret::new(format!("secret-{}", field.name))))
        .chain([("access_token".to_owned(), Secret::new("secret-access_token"))])
        .collect();
    let vars: Map<String, Value> = example.vars.clone();
    let input = BuildInput {
        base_override: None,
        arguments: &example.arguments,
        auth: auth.map(|auth| (auth, &secrets)),
        vars: &vars,
        idempotency_key: example.idempotency_key.as_deref(),
    };
    match connector.build(action, &input) {
        Ok(request) => sent::compare(&example.request, &request, differences),
        Err(error) => {
            let told = error
                .faults()
                .iter()
                .map(|fault| format!("no request: {}: {}", fault.field, fault.message));
            differences.extend(told);
        }
    }
}
