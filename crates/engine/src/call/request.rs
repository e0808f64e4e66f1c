//! What was asked: an action of a connector, with its parameters. MCP and REST read it from here alike.

use crate::ask::Ask;
use crate::fields::Fields;
use serde_json::{Map, Value};
use solder_connector::Cut;
use std::time::Duration;

/// The fields of a call beside the names of its connector and its action.
pub(crate) const KNOWN: [&str; 4] = ["parameters", "credentialId", "timeout", "fields"];

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) connector: String,
    pub(crate) action: String,
    pub(crate) parameters: Map<String, Value>,
    /// The `credentialId` argument.
    pub(crate) credential: Option<String>,
    /// The `x-credential-id` header.
    pub(crate) credential_header: Option<String>,
    pub(crate) timeout: Option<Duration>,
    /// What is wanted of the answer.
    pub(crate) ask: Option<Ask>,
    /// Which part of the page is wanted.
    pub(crate) cut: Option<Cut>,
    /// What was changed of the parameters.
    pub(crate) notes: Vec<String>,
}

/// Takes `parameters` out of what was sent, so that they are not copied.
pub(crate) fn take_parameters(sent: &mut Map<String, Value>) -> Option<Value> {
    sent.get_mut("parameters").map(Value::take)
}

impl Request {
    /// Reads what a call has beside its names; `header` is `x-credential-id`. Faults stay with the fields.
    pub(crate) fn read(
        fields: &mut Fields<'_>,
        (connector, action): (String, String),
        parameters: Option<Value>,
        header: Option<&str>,
    ) -> Self {
        let credential = fields.text("credentialId", |_| None);
        let fault = "must be a text: JMESPath such as `items[*].{id: id, name: name}`";
        let ask = match fields.sent("fields").map(Value::as_str) {
            None => None,
            Some(None) => {
                fields.fault("fields", fault);
                None
            }
            Some(Some(text)) => Ask::read(text)
                .map_err(|wrong| fields.fault("fields", wrong))
                .ok(),
        };
        let rule = "must be a whole number of milliseconds from 1000 to 300000";
        let timeout = fields.whole("timeout", 1_000..=300_000, rule);
        if let (Some(argument), Some(header)) = (&credential, header)
            && argument != header
        {
            fields.fault(
                "credentialId",
                "differs from the x-credential-id header: send one of them",
            );
        }
        let parameters = match parameters {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(parameters)) => parameters,
            Some(_) => {
                fields.fault(
                    "parameters",
                    "must be an object: one flat object of the action's parameters, not a string of JSON",
                );
                Map::new()
            }
        };
        Self {
            connector,
            action,
            parameters,
            credential,
            credential_header: header.map(str::to_owned),
            timeout: timeout
                .and_then(|ms| u64::try_from(ms).ok())
                .map(Duration::from_millis),
            ask,
            cut: None,
            notes: Vec::new(),
        }
    }
}
