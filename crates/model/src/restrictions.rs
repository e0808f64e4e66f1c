//! What a server is restricted to: the two forms that the API takes, read strictly and echoed as they came.

use crate::{ConnectorId, Fault, Policy, UserName};
use serde_json::{Map, Value};

/// The longest list that is taken, in entries.
pub const MAX_ENTRIES: usize = 1_000;

/// Restrictions that were read without a fault, with the JSON that they came as.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Restrictions {
    raw: Value,
    pub(crate) connectors: Option<Layer>,
    pub(crate) actions: Option<Layer>,
    pub(crate) users: Option<Layer>,
    pub(crate) permissions: Option<Vec<Permission>>,
}

/// One layer of form A.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    pub(crate) allows: bool,
    pub(crate) entries: Vec<String>,
}

/// One line of form B: a connector and its actions, all of them where none are named.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Permission {
    pub(crate) connector: String,
    pub(crate) actions: Option<Vec<String>>,
}

impl Restrictions {
    /// Reads the `restrictions` field of a body. Every fault is listed, with its path below `restrictions`.
    /// Unknown fields are refused, since a mistyped restriction must never mean none.
    pub fn read(raw: &Value) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut read = Self {
            raw: raw.clone(),
            ..Self::default()
        };
        match raw {
            Value::Null => {}
            Value::Object(fields) => {
                unknown(
                    fields,
                    &["connectors", "actions", "users", "permissions"],
                    "",
                    &mut faults,
                );
                read.connectors = layer(fields, "connectors", "Ids", &mut faults);
                read.actions = layer(fields, "actions", "Actions", &mut faults);
                read.users = layer(fields, "users", "Ids", &mut faults);
                read.permissions = permissions(fields, &mut faults);
            }
            _ => faults.push(Fault::new("", "must be an object")),
        }
        if faults.is_empty() {
            Ok(read)
        } else {
            Err(faults
                .into_iter()
                .map(|fault| fault.under("restrictions"))
                .collect())
        }
    }

    /// The JSON as it was sent; `{}` where nothing was.
    pub fn as_sent(&self) -> Value {
        if self.raw.is_null() {
            Value::Object(Map::new())
        } else {
            self.raw.clone()
        }
    }

    /// Compiles the restrictions for use in calls.
    pub fn policy(&self) -> Policy {
        Policy::new(self)
    }
}

fn unknown(fields: &Map<String, Value>, known: &[&str], path: &str, faults: &mut Vec<Fault>) {
    for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
        let at = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        faults.push(Fault::new(
            at,
            format!("is not known here; known are {}", known.join(", ")),
        ));
    }
}

fn layer(fields: &Map<String, Value>, name: &str, suffix: &str, faults: &mut Vec<Fault>) -> Option<Layer> {
    let value = fields.get(name).filter(|value| !value.is_null())?;
    let Value::Object(inner) = value else {
        faults.push(Fault::new(name, "must be an object with a `mode` and a list"));
        return None;
    };
    let (allowed, blocked) = (format!("allowed{suffix}"), format!("blocked{suffix}"));
    unknown(inner, &["mode", &allowed, &blocked], name, faults);
    let allowed_entries = entries(inner, name, &allowed, faults);
    let blocked_entries = entries(inner, name, &blocked, faults);
    match inner.get("mode").and_then(Value::as_str) {
        Some("allowlist") => Some(Layer {
            allows: true,
            entries: allowed_entries,
        }),
        Some("blocklist") => Some(Layer {
            allows: false,
            entries: blocked_entries,
        }),
        _ => {
            faults.push(Fault::new(
                format!("{name}.mode"),
                "must be `allowlist` or `blocklist`",
            ));
            None
        }
    }
}

fn entries(fields: &Map<String, Value>, path: &str, name: &str, faults: &mut Vec<Fault>) -> Vec<String> {
    let at = format!("{path}.{name}");
    match fields.get(name) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) if items.len() > MAX_ENTRIES => {
            faults.push(Fault::new(
                at,
                format!("has {} entries; at most {MAX_ENTRIES} are taken", items.len()),
            ));
            Vec::new()
        }
        Some(Value::Array(items)) => {
            let mut texts = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                match item.as_str() {
                    Some(text) if !text.is_empty() => texts.push(text.to_owned()),
                    _ => faults.push(Fault::new(
                        format!("{at}[{index}]"),
                        "must be a string that is not empty",
                    )),
                }
            }
            texts
        }
        Some(_) => {
            faults.push(Fault::new(at, "must be an array of strings"));
            Vec::new()
        }
    }
}

fn permissions(fields: &Map<String, Value>, faults: &mut Vec<Fault>) -> Option<Vec<Permission>> {
    let items = match fields.get("permissions") {
        None | Some(Value::Null) => return None,
        Some(Value::Array(items)) if items.len() <= MAX_ENTRIES => items,
        Some(Value::Array(items)) => {
            let text = format!("has {} entries; at most {MAX_ENTRIES} are taken", items.len());
            faults.push(Fault::new("permissions", text));
            return None;
        }
        Some(_) => {
            faults.push(Fault::new(
                "permissions",
                "must be an array of `{\"connector\",\"actions\"}`",
            ));
            return None;
        }
    };
    let mut read = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let at = format!("permissions[{index}]");
        let Value::Object(inner) = item else {
            faults.push(Fault::new(at, "must be an object with a `connector`"));
            continue;
        };
        unknown(inner, &["connector", "actions"], &at, faults);
        let listed = inner.get("actions").is_some_and(|value| !value.is_null());
        let actions = listed.then(|| entries(inner, &at, "actions", faults));
        match inner.get("connector").and_then(Value::as_str) {
            Some(id) if !id.is_empty() => read.push(Permission {
                connector: id.to_owned(),
                actions,
            }),
            _ => faults.push(Fault::new(
                format!("{at}.connector"),
                "must be a string that is not empty",
            )),
        }
    }
    Some(read)
}

impl Policy {
    /// Whether the connector's id may be shown and used, for callers that hold the typed id.
    pub fn allows(&self, connector: &ConnectorId) -> bool {
        self.allows_connector(connector.as_str())
    }

    /// Whether the user may act here at all.
    pub fn admits(&self, user: &UserName) -> bool {
        self.allows_user(user.as_str())
    }
}
