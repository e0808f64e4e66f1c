//! What is wrong with the settings: all of it, each with its name, where it came from, what it held and what would be
//! right. Secrets are never among what is shown.

use super::Source;

/// The most characters of a value that are shown.
const SHOWN: usize = 80;

/// What a setting held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Held {
    /// This.
    Text(String),
    /// Something that must not be shown.
    Hidden,
    /// It was not given.
    Nothing,
    /// It is not a setting at all; this stood there, where it may be shown.
    Unknown(Option<String>),
}

impl Held {
    /// What a setting held, cut, with control characters made visible.
    pub(super) fn of(text: &str, secret: bool) -> Self {
        if secret {
            Self::Hidden
        } else {
            Self::Text(shown(text))
        }
    }

    /// What stood under a name that is no setting. A mistyped secret is still one.
    pub(super) fn unknown(name: &str, text: &str) -> Self {
        let name = name.to_ascii_uppercase();
        let may_be_secret = ["KEY", "SECRET", "TOKEN", "PASS", "CRED", "DATABASE", "AUTH"];
        let secret = may_be_secret.iter().any(|word| name.contains(word));
        Self::Unknown((!secret).then(|| shown(text)))
    }
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The setting, as it is spelt where it came from.
    pub(crate) name: String,
    /// Where it came from.
    pub(crate) source: Source,
    /// What it held.
    pub(crate) held: Held,
    /// What would be right, as a sentence.
    pub(crate) right: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.name)?;
        match &self.source {
            Source::Default => {}
            source => write!(formatter, " ({source})")?,
        }
        match &self.held {
            Held::Text(text) if text.is_empty() => formatter.write_str(" is empty.")?,
            Held::Text(text) => write!(formatter, " holds `{text}`.")?,
            Held::Hidden => {
                formatter.write_str(" holds something else than it should; it is secret and not shown.")?;
            }
            Held::Nothing => formatter.write_str(" is not set.")?,
            Held::Unknown(Some(text)) => write!(formatter, " is not a setting; it holds `{text}`.")?,
            Held::Unknown(None) => formatter.write_str(" is not a setting; what it holds is not shown.")?,
        }
        write!(formatter, "\n    {}", self.right)
    }
}

/// Everything that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl std::fmt::Display for Faults {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.len() {
            1 => formatter.write_str("A setting is wrong, and nothing was done:")?,
            count => write!(formatter, "{count} settings are wrong, and nothing was done:")?,
        }
        for fault in &self.0 {
            write!(formatter, "\n\n  {fault}")?;
        }
        Ok(())
    }
}

/// The known name that is most like a wrong one, where one is like it at all.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| candidate)
}
