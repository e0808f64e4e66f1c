//! The bodies of the key operations. A field that is not known is refused: a mistyped `userBound` must never make a key
//! that may do more than was meant.

use crate::error::Result;
use crate::fields::Fields;
use serde_json::{Map, Value};
use solder_model::{Role, UserName};

/// The longest term of a key, in days.
const MOST_DAYS: i64 = 3_650;

/// The longest grace of a rotation: 30 days, in seconds.
const MOST_GRACE: i64 = 2_592_000;

/// A key that shall be made.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) name: Option<String>,
    /// Absent: the acting user.
    pub(super) user: Option<UserName>,
    pub(super) role: Role,
    pub(super) user_bound: bool,
    pub(super) days: Option<i64>,
}

impl Draft {
    pub(super) fn read(body: &Map<String, Value>) -> Result<Self> {
        let mut read = Fields::new(body);
        read.only(&["name", "userId", "role", "userBound", "expiresInDays"]);
        let name = read.text("name", name_fault);
        let user = user_name(&mut read, "userId");
        let role = role(&mut read);
        let user_bound = read.flag("userBound").unwrap_or(false);
        if user_bound && role == Some(Role::Admin) {
            read.fault(
                "userBound",
                "goes with the role `member` alone: a key that is bound to its user is never an admin's",
            );
        }
        let days = days(&mut read);
        read.finish(Self {
            name,
            user,
            role: role.unwrap_or(Role::Member),
            user_bound,
            days,
        })
    }
}

/// What shall change of a key.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) name: Option<String>,
    pub(super) term: Term,
}

/// What was said of a key's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    /// Nothing: it stays as it is.
    Unsaid,
    /// It never ends.
    Never,
    /// It ends after so many days from now.
    Days(i64),
}

impl Change {
    pub(super) fn read(body: &Map<String, Value>) -> Result<Self> {
        let mut read = Fields::new(body);
        read.only(&["name", "expiresInDays"]);
        let name = read.text("name", name_fault);
        let term = if read.is_null("expiresInDays") {
            Term::Never
        } else {
            days(&mut read).map_or(Term::Unsaid, Term::Days)
        };
        read.finish(Self { name, term })
    }

    /// The fields that were sent, for the log.
    pub(super) fn fields(&self) -> Vec<&'static str> {
        let name = self.name.is_some().then_some("name");
        let days = (self.term != Term::Unsaid).then_some("expiresInDays");
        name.into_iter().chain(days).collect()
    }
}

/// How a rotation treats the old key.
#[derive(Debug)]
pub(super) struct Grace {
    pub(super) seconds: i64,
}

impl Grace {
    pub(super) fn read(body: &Map<String, Value>) -> Result<Self> {
        let mut read = Fields::new(body);
        read.only(&["graceSeconds"]);
        let rule = "must be a whole number from 0 to 2592000 (30 days)";
        let seconds = read.whole("graceSeconds", 0..=MOST_GRACE, rule).unwrap_or(0);
        read.finish(Self { seconds })
    }
}

/// A user's external id.
pub(crate) fn user_name(read: &mut Fields<'_>, field: &str) -> Option<UserName> {
    let text = read.text(field, |_any| None)?;
    match UserName::new(&text) {
        Ok(name) => Some(name),
        Err(rule) => {
            read.fault(field, rule.to_string());
            None
        }
    }
}

fn role(read: &mut Fields<'_>) -> Option<Role> {
    let text = read.text("role", |text| {
        Role::from_name(text)
            .is_none()
            .then_some("must be `admin` or `member`")
    })?;
    Role::from_name(&text)
}

fn days(read: &mut Fields<'_>) -> Option<i64> {
    let rule = "must be a whole number from 1 to 3650";
    read.whole("expiresInDays", 1..=MOST_DAYS, rule)
}

fn name_fault(name: &str) -> Option<&'static str> {
    (name.chars().count() > 100 || name.contains(char::is_control))
        .then_some("must have at most 100 characters and no control characters")
}
