//! How connectors of an account's own are shown.

use serde::Serialize;
use solder_connector::Connector;
use solder_model::{ConnectorId, Page, Paged, Timestamp};
use solder_storage::{ConnectorVersion, OwnConnector};
use utoipa::ToSchema;

/// What became of a file that was stored.
#[derive(Debug)]
pub struct Stored {
    /// Whether the account did not have the connector before.
    pub created: bool,
    /// The connector as it is now.
    pub view: OwnConnectorView,
}

/// A connector of the account's own.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnConnectorView {
    /// Its id, which everything else names it by.
    #[schema(example = "acme")]
    pub connector_id: String,
    /// Its name, as its live version has it.
    #[schema(example = "Acme")]
    pub name: String,
    /// The version that is live.
    #[schema(example = 2)]
    pub version: i64,
    /// How many actions it has.
    pub actions: usize,
    /// The only hosts that ever get a credential of it.
    #[schema(example = json!(["api.acme.example"]))]
    pub hosts: Vec<String>,
    /// How many credentials have to be connected again, since this change sends what they hold elsewhere than before.
    pub to_reconnect: u64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When its live version became so.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl Stored {
    pub(super) fn created(stored: &OwnConnector, connector: &Connector) -> Self {
        Self {
            created: true,
            view: OwnConnectorView::new(stored, connector, 0),
        }
    }

    pub(super) fn unchanged(stored: &OwnConnector, connector: &Connector) -> Self {
        Self::moved(stored, connector, 0)
    }

    pub(super) fn moved(stored: &OwnConnector, connector: &Connector, to_reconnect: u64) -> Self {
        Self {
            created: false,
            view: OwnConnectorView::new(stored, connector, to_reconnect),
        }
    }
}

impl OwnConnectorView {
    fn new(stored: &OwnConnector, connector: &Connector, to_reconnect: u64) -> Self {
        Self {
            connector_id: stored.id.as_str().to_owned(),
            name: connector.name.clone(),
            version: stored.live,
            actions: connector.actions().len(),
            hosts: connector.hosts.clone(),
            to_reconnect,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

/// A version of a connector's file.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorVersionView {
    /// Its number, from 1.
    #[schema(example = 2)]
    pub version: i64,
    /// Whether it is the one that is used.
    pub live: bool,
    /// Who made it, as the audit log names them.
    #[schema(example = "key:key_4f7k2m9q8r1s5t3v")]
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl ConnectorVersionView {
    fn new(connector: &OwnConnector, version: ConnectorVersion) -> Self {
        Self {
            live: version.version == connector.live,
            version: version.version,
            created_by: version.created_by,
            created_at: version.created_at,
        }
    }
}

/// A version with its file.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorFile {
    /// The connector.
    #[schema(example = "acme")]
    pub connector_id: String,
    /// The version.
    #[serde(flatten)]
    pub version: ConnectorVersionView,
    /// The text of its file: TOML.
    pub file: String,
}

impl ConnectorFile {
    pub(super) fn new(connector: &OwnConnector, version: ConnectorVersion, file: String) -> Self {
        Self {
            connector_id: connector.id.as_str().to_owned(),
            version: ConnectorVersionView::new(connector, version),
            file,
        }
    }
}

/// A page of versions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorVersionList {
    /// This page, newest first.
    pub versions: Vec<ConnectorVersionView>,
    /// How many there are in all.
    pub count: u64,
    /// The same as `count`.
    pub total: u64,
    /// The largest number on this page.
    pub limit: u32,
    /// How many were passed over.
    pub offset: u64,
    /// Whether more follow.
    pub has_more: bool,
}

impl ConnectorVersionList {
    pub(super) fn new(connector: &OwnConnector, paged: Paged<ConnectorVersion>) -> Self {
        let (total, has_more) = (paged.total, paged.has_more());
        let Page { limit, offset } = paged.page;
        let versions = paged.items.into_iter();
        Self {
            versions: versions
                .map(|version| ConnectorVersionView::new(connector, version))
                .collect(),
            count: total,
            total,
            limit,
            offset,
            has_more,
        }
    }
}

/// The answer of a deletion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorDeleted {
    /// For a person.
    #[schema(example = "Connector deleted")]
    pub message: &'static str,
    /// The one that is gone.
    #[schema(example = "acme")]
    pub connector_id: String,
    /// How many credentials went with it.
    pub credentials_deleted: u64,
}

impl ConnectorDeleted {
    pub(super) fn new(id: &ConnectorId, credentials: u64) -> Self {
        Self {
            message: "Connector deleted",
            connector_id: id.as_str().to_owned(),
            credentials_deleted: credentials,
        }
    }
}
