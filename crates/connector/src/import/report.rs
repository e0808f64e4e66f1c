//! What is told about an import.

use std::collections::BTreeSet;
use std::fmt;

/// Why there is no draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// The file or URL.
    pub name: String,
    /// What is wrong and what would be right, as a sentence.
    pub what: String,
}

impl ImportError {
    pub(super) fn new(name: &str, what: String) -> Self {
        Self {
            name: name.to_owned(),
            what,
        }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name, self.what)
    }
}

impl std::error::Error for ImportError {}

/// What a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningKind {
    /// The description's server is on a private address, this machine's own included.
    PrivateServer,
    /// The description's server is reached without TLS.
    PlainHttp,
    /// A way to authenticate cannot be said, or not wholly.
    Auth,
    /// Anything else that a reviewer should look at.
    Review,
}

impl WarningKind {
    /// The word of reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PrivateServer => "private_server",
            Self::PlainHttp => "plain_http",
            Self::Auth => "auth",
            Self::Review => "review",
        }
    }
}

/// Something that the reviewer has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is about.
    pub kind: WarningKind,
    /// A sentence.
    pub what: String,
}

/// An operation that is no action of the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// `METHOD /path`.
    pub operation: String,
    /// Why, as a sentence.
    pub why: String,
}

/// What came of a description.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What the description is: `OpenAPI 3.0.3`, `Google Discovery`, ….
    pub format: String,
    /// How many operations it has.
    pub operations: usize,
    /// How many actions the draft has.
    pub actions: usize,
    /// How many of them are on.
    pub on: usize,
    /// Operations that a connector file cannot say, or that are deprecated, with the reason.
    pub left_out: Vec<LeftOut>,
    /// How many operations were less useful than those that were taken.
    pub beyond: usize,
    /// What the reviewer has to look at.
    pub warnings: Vec<Warning>,
    /// Every operation of the description, as drafts mark them.
    pub(super) keys: BTreeSet<String>,
}

impl Report {
    pub(super) fn warn(&mut self, kind: WarningKind, what: impl Into<String>) {
        let warning = Warning {
            kind,
            what: what.into(),
        };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}
