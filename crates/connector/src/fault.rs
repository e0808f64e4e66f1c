//! What is wrong with a connector file, and what stands in the way of building a request.

use solder_model::Fault;

/// One thing that is wrong in a connector file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadFault {
    /// The file, as the loader was told.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// Where in the file: a path of keys, `action[users_list].params.limit`; empty for the file as a whole.
    pub field: String,
    /// What is wrong and what would be right, as a sentence.
    pub message: String,
}

impl std::fmt::Display for LoadFault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}: ", self.file, self.line)?;
        if !self.field.is_empty() {
            write!(formatter, "{}: ", self.field)?;
        }
        formatter.write_str(&self.message)
    }
}

/// Why no request could be built. Who can mend it differs, hence the variants.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The arguments do not make a request; fields are argument names.
    #[error("the arguments do not make a request")]
    Arguments(Vec<Fault>),
    /// The credential or its variables do not: something is missing, or the host that comes out is not one of the
    /// connector's. Fields are names of secrets and variables. It never holds a value.
    #[error("the credential does not make a request")]
    Connection(Vec<Fault>),
}

impl BuildError {
    /// All that is wrong.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Arguments(faults) | Self::Connection(faults) => faults,
        }
    }
}

/// The known name that is most like `name`, where one is like it at all.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    nearest_few(name, known, 1).pop()
}

/// The known names that are most like `name`, best first, at most `count`.
pub fn nearest_few<'k>(name: &str, known: impl IntoIterator<Item = &'k str>, count: usize) -> Vec<&'k str> {
    let plain = |text: &str| text.replace(['-', '.'], "_").to_lowercase();
    let wanted = plain(name);
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|known| {
            let other = plain(known);
            let part = wanted.len() > 2 && (other.contains(&wanted) || wanted.contains(&other));
            let score = strsim::jaro_winkler(&wanted, &other);
            (if part { score.max(0.9) } else { score }, known)
        })
        .filter(|(score, _)| *score >= 0.75)
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    scored.truncate(count);
    scored.into_iter().map(|(_, known)| known).collect()
}
