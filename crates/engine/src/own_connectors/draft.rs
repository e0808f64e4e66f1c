//! How a draft is shown.

use super::{Becoming, OwnConnectorView, Stored};
use serde::Serialize;
use solder_connector::import::{Draft, LeftOut, Merged, Warning};
use utoipa::ToSchema;

/// What came of a description.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorDraft {
    /// The connector's id.
    #[schema(example = "acme")]
    pub connector_id: String,
    /// What the description is.
    #[schema(example = "OpenAPI 3.1.0")]
    pub format: String,
    /// What every path is appended to.
    #[schema(example = "https://api.acme.example/v1")]
    pub base: String,
    /// How many operations the description has.
    pub operations: usize,
    /// How many of them became actions.
    pub actions: usize,
    /// How many actions are on: those that read. The others have `off = true` in the file.
    pub on: usize,
    /// How many operations are less used, and were left out for that: `all` takes them, `only` one of them.
    pub beyond: usize,
    /// Operations that no connector file can say, or that are deprecated.
    pub left_out: Vec<DraftLeftOut>,
    /// What to look at.
    pub warnings: Vec<DraftWarning>,
    /// What is new against the file that the account has; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<DraftDifference>,
    /// The connector file, TOML: the draft, or what comes of bringing it into the file that the account has.
    pub file: String,
    /// The connector as it is stored; absent where `save` was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved: Option<OwnConnectorView>,
    /// Whether the account did not have the connector before, and has it now.
    #[serde(skip)]
    pub is_created: bool,
}

/// An operation that is no action of the draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftLeftOut {
    /// Method and path.
    #[schema(example = "GET /events")]
    pub operation: String,
    /// Why.
    pub why: String,
}

/// Something to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftWarning {
    /// What it is about: `private_server`, `plain_http`, `auth` or `review`.
    #[schema(example = "auth")]
    pub kind: &'static str,
    /// A sentence.
    pub what: String,
}

/// What a description changes in a file. Operations are named as the file marks them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftDifference {
    /// New ones, whose actions are off.
    pub added: Vec<String>,
    /// Those whose actions were written anew.
    pub changed: Vec<String>,
    /// Those whose actions somebody has edited, and stay so.
    pub kept: Vec<String>,
    /// Those that the description has no more, whose actions are off.
    pub gone: Vec<String>,
    /// Whether what stands before the actions was written anew.
    pub head_changed: bool,
    /// Whether it would have been, had nobody edited it.
    pub head_kept: bool,
}

impl ConnectorDraft {
    pub(super) fn new(draft: &Draft, becoming: Becoming, stored: Option<Stored>) -> Self {
        let report = &draft.report;
        Self {
            connector_id: draft.id.clone(),
            format: report.format.clone(),
            base: draft.base.clone(),
            operations: report.operations,
            actions: report.actions,
            on: report.on,
            beyond: report.beyond,
            left_out: report.left_out.iter().map(DraftLeftOut::new).collect(),
            warnings: report.warnings.iter().map(DraftWarning::new).collect(),
            difference: becoming.merged.map(DraftDifference::new),
            file: becoming.checked.text.clone(),
            is_created: stored.as_ref().is_some_and(|stored| stored.created),
            saved: stored.map(|stored| stored.view),
        }
    }
}

impl DraftLeftOut {
    fn new(left: &LeftOut) -> Self {
        Self {
            operation: left.operation.clone(),
            why: left.why.clone(),
        }
    }
}

impl DraftWarning {
    fn new(warning: &Warning) -> Self {
        Self {
            kind: warning.kind.as_str(),
            what: warning.what.clone(),
        }
    }
}

impl DraftDifference {
    fn new(merged: Merged) -> Self {
        Self {
            added: merged.added,
            changed: merged.changed,
            kept: merged.kept,
            gone: merged.gone,
            head_changed: merged.head_changed,
            head_kept: merged.head_kept,
        }
    }
}
