//! The body that makes a credential, over REST and over MCP, and the one that renames it.

use crate::broker::NewConnection;
use crate::error::Result;
use crate::fields::Fields;
use serde_json::{Map, Value};

/// A credential that shall be made.
pub(crate) struct NewCredential {
    pub(crate) connector: String,
    pub(crate) authentication: String,
    pub(crate) name: Option<String>,
    /// The fields as they came; the connector knows what they must be.
    pub(crate) fields: Map<String, Value>,
    /// Where the browser goes after a consent.
    pub(crate) redirect_uri: Option<String>,
    /// The credential that is connected again.
    pub(crate) credential: Option<String>,
}

impl std::fmt::Debug for NewCredential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "NewCredential({}, {}, …)",
            self.connector, self.authentication
        )
    }
}

impl NewCredential {
    /// Reads the body; `data` is another name for `fields`.
    pub(crate) fn read(body: &Map<String, Value>) -> Result<Self> {
        let mut read = Fields::new(body);
        let connector = read.required("connectorId", "the connector that the credential is for");
        let authentication = read.required(
            "authenticationType",
            "one of those that get_credential_metadata_alloy lists",
        );
        let name = read.text("name", name_fault);
        let field = if read.sent("fields").is_some() {
            "fields"
        } else {
            "data"
        };
        if field == "fields" && read.sent("data").is_some() {
            read.fault("data", "is another name for `fields`: send one of them");
        }
        let fields = read.object(field).cloned().unwrap_or_default();
        let redirect_uri = read.text("redirectUri", |_| None);
        let credential = read.text("credentialId", |_| None);
        read.finish(Self {
            connector,
            authentication,
            name,
            fields,
            redirect_uri,
            credential,
        })
    }

    /// The same, with a header's redirect URI where the body has none.
    pub(crate) fn or_redirecting_to(mut self, uri: Option<&str>) -> Self {
        if self.redirect_uri.is_none() {
            self.redirect_uri = uri.map(str::to_owned);
        }
        self
    }

    /// What the broker begins.
    pub(crate) fn into_connection(self) -> NewConnection {
        NewConnection {
            connector: self.connector,
            kind: self.authentication,
            fields: self.fields,
            name: self.name,
            redirect_uri: self.redirect_uri,
            credential: self.credential,
        }
    }
}

/// Reads the body that renames a credential.
pub(crate) fn read_rename(body: &Map<String, Value>) -> Result<String> {
    let mut read = Fields::new(body);
    if read.sent("name").is_none() {
        read.fault("name", "is required: the new name");
    }
    let name = read.text("name", name_fault);
    for field in ["fields", "data"] {
        if read.sent(field).is_some() {
            read.fault(
                field,
                "cannot be changed: create a new credential and delete this one",
            );
        }
    }
    read.finish(name.unwrap_or_default())
}

fn name_fault(name: &str) -> Option<&'static str> {
    (name.trim().is_empty() || name.chars().count() > 100)
        .then_some("must be 1 to 100 characters long, not blank")
}
