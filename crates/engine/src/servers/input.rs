//! Bodies of the server operations, read with every fault at once.

use super::Restrictions;
use crate::error::Result;
use crate::fields::Fields;
use serde_json::{Map, Value};
use solder_model::WaysIn;

/// The mode of a server that offers the eight tools.
pub(super) const CONNECTIVITY: &str = "connectivity";

const MAX_GRACE_S: i64 = 30 * 86_400;

/// What a body says of the token's term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Term {
    /// Nothing.
    #[default]
    Unsaid,
    /// It is lifted: the token never ends.
    Lifted,
    /// So many days, 1 to 365.
    Days(u16),
}

impl Term {
    /// The days, where there are any.
    pub(super) fn days(self) -> Option<u16> {
        match self {
            Self::Days(days) => Some(days),
            Self::Unsaid | Self::Lifted => None,
        }
    }
}

/// The fields that a creation or a change sent, each already valid.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) mode: Option<String>,
    pub(super) is_public: Option<bool>,
    pub(super) ways_in: Option<WaysIn>,
    pub(super) restrictions: Option<Restrictions>,
    pub(super) custom_instructions: Option<String>,
    pub(super) term: Term,
}

impl Draft {
    /// Reads a creation: `name` is required, `null` means absent.
    pub(super) fn read_new(body: &Map<String, Value>) -> Result<Self> {
        Self::read(body, true)
    }

    /// Reads a change: any subset; `null` clears `tokenExpiresInDays` and means absent elsewhere.
    pub(super) fn read_change(body: &Map<String, Value>) -> Result<Self> {
        Self::read(body, false)
    }

    fn read(body: &Map<String, Value>, is_new: bool) -> Result<Self> {
        let mut fields = Fields::new(body);
        let mut draft = Self {
            name: fields.text("name", name_fault),
            description: fields.text("description", |_| None),
            mode: fields.text("mode", mode_fault),
            is_public: fields.flag("isPublic"),
            ways_in: None,
            restrictions: None,
            custom_instructions: fields.text("customInstructions", |_| None),
            term: term(&mut fields, is_new),
        };
        if let Some(raw) = fields.sent("restrictions") {
            match Restrictions::read(raw) {
                Ok(restrictions) => draft.restrictions = Some(restrictions),
                Err(faults) => fields.extend(faults),
            }
        }
        if let Some(raw) = fields.sent("waysIn") {
            match WaysIn::read(raw) {
                Ok(ways) => draft.ways_in = Some(ways),
                Err(faults) => fields.extend(faults.into_iter().map(|fault| fault.under("waysIn")).collect()),
            }
        }
        if is_new && fields.sent("name").is_none() {
            fields.fault("name", "is required: 1 to 100 characters");
        }
        fields.finish(draft)
    }

    /// The names of the fields that were sent, for the audit log.
    pub(super) fn fields(&self) -> Vec<&'static str> {
        let sent = [
            ("name", self.name.is_some()),
            ("description", self.description.is_some()),
            ("mode", self.mode.is_some()),
            ("isPublic", self.is_public.is_some()),
            ("waysIn", self.ways_in.is_some()),
            ("restrictions", self.restrictions.is_some()),
            ("customInstructions", self.custom_instructions.is_some()),
            ("tokenExpiresInDays", self.term != Term::Unsaid),
        ];
        sent.into_iter()
            .filter(|(_, is_sent)| *is_sent)
            .map(|(name, _)| name)
            .collect()
    }
}

/// How a rotation treats the old token.
#[derive(Debug)]
pub(super) struct Rotation {
    /// Seconds that the old token goes on for: 0 to 30 days.
    pub(super) grace_s: i64,
}

impl Rotation {
    pub(super) fn read(body: &Map<String, Value>) -> Result<Self> {
        let mut fields = Fields::new(body);
        let rule = "must be a whole number of seconds from 0 to 2592000";
        let grace_s = fields.whole("graceSeconds", 0..=MAX_GRACE_S, rule).unwrap_or(0);
        fields.finish(Self { grace_s })
    }
}

/// `tokenExpiresInDays`: `null` lifts the term in a change, and means absent in a creation.
fn term(fields: &mut Fields<'_>, is_new: bool) -> Term {
    let name = "tokenExpiresInDays";
    if !is_new && fields.is_null(name) {
        return Term::Lifted;
    }
    let days = fields.whole(name, 1..=365, "must be a whole number from 1 to 365");
    days.and_then(|days| u16::try_from(days).ok())
        .map_or(Term::Unsaid, Term::Days)
}

fn name_fault(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("must not be blank")
    } else if name.trim().len() != name.len() {
        Some("must have no white space at either end")
    } else if name.chars().count() > 100 {
        Some("must be 1 to 100 characters long")
    } else {
        None
    }
}

fn mode_fault(mode: &str) -> Option<&'static str> {
    (mode != CONNECTIVITY).then_some("must be `connectivity`")
}
