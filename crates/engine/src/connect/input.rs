//! The body that makes a ticket.

use crate::error::Result;
use crate::fields::Fields;
use serde_json::{Map, Value};
use url::Url;

/// How long a ticket can be opened where the body does not say, in seconds.
const DEFAULT_SECONDS: i64 = 900;
/// Any number of connectors that an installation has fits.
const MOST_CONNECTORS: usize = 1_000;
const MOST_URI_BYTES: usize = 2_048;

/// What a body asks for; whether it may is not looked at yet.
#[derive(Debug)]
pub(super) struct TicketDraft {
    pub(super) server: Option<String>,
    pub(super) connectors: Option<Vec<String>>,
    pub(super) redirect_uri: Option<String>,
    pub(super) seconds: i64,
}

impl TicketDraft {
    pub(super) fn read(body: &Map<String, Value>) -> Result<Self> {
        let mut fields = Fields::new(body);
        let rule = "must be a whole number of seconds from 60 to 86400";
        let draft = Self {
            server: fields.text("serverId", |_| None),
            connectors: connectors(&mut fields),
            redirect_uri: fields.text("redirectUri", redirect_fault),
            seconds: fields
                .whole("expiresInSeconds", 60..=86_400, rule)
                .unwrap_or(DEFAULT_SECONDS),
        };
        fields.finish(draft)
    }
}

fn connectors(fields: &mut Fields<'_>) -> Option<Vec<String>> {
    const NAME: &str = "connectors";
    let sent = fields.sent(NAME)?;
    let Some(list) = sent.as_array() else {
        fields.fault(NAME, "must be an array of connector ids");
        return None;
    };
    if list.is_empty() || list.len() > MOST_CONNECTORS {
        fields.fault(
            NAME,
            "must name 1 to 1,000 connectors; leave it out for all in reach",
        );
        return None;
    }
    let mut ids = Vec::with_capacity(list.len());
    for (place, item) in list.iter().enumerate() {
        match item.as_str() {
            Some(id) => ids.push(id.to_owned()),
            None => fields.fault(&format!("{NAME}[{place}]"), "must be the id of a connector"),
        }
    }
    Some(ids)
}

/// What is wrong with the form of a redirect URI. Whether it is listed is looked at when the browser is sent there:
/// one that is not fails nothing, the page says so and stays.
fn redirect_fault(text: &str) -> Option<&'static str> {
    if text.len() > MOST_URI_BYTES {
        return Some("must be at most 2,048 bytes long");
    }
    let Ok(url) = Url::parse(text) else {
        return Some("must be an absolute URI");
    };
    if url.fragment().is_some() {
        Some("must have no fragment")
    } else if !url.username().is_empty() || url.password().is_some() {
        Some("must hold no user name or password")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::TicketDraft;
    use crate::Error;
    use serde_json::json;

    #[test]
    fn an_empty_body_is_a_ticket_of_a_quarter_of_an_hour() {
        let draft = TicketDraft::read(json!({ "connectors": null }).as_object().unwrap()).unwrap();
        assert_eq!(draft.seconds, 900);
        assert!(draft.server.is_none() && draft.connectors.is_none() && draft.redirect_uri.is_none());
    }

    #[test]
    fn every_fault_is_listed() {
        let body = json!({
            "serverId": 7, "connectors": ["slack", 3], "redirectUri": "https://a:b@c.example/#x",
            "expiresInSeconds": 59,
        });
        let Err(Error::Invalid(faults)) = TicketDraft::read(body.as_object().unwrap()) else {
            panic!("a bad body was taken");
        };
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(
            fields,
            ["serverId", "connectors[1]", "redirectUri", "expiresInSeconds"]
        );
        for body in [json!({ "connectors": [] }), json!({ "connectors": "slack" })] {
            assert!(TicketDraft::read(body.as_object().unwrap()).is_err());
        }
        for uri in ["/back", "back", "https://user@c.example/", "https://c.example/#"] {
            let body = json!({ "redirectUri": uri });
            assert!(TicketDraft::read(body.as_object().unwrap()).is_err(), "{uri}");
        }
    }
}
