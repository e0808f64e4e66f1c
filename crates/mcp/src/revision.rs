//! The revisions of the protocol that are served, and the two eras they fall into.

/// A revision of the protocol, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Revision {
    /// Its messages, over Streamable HTTP.
    V2024_11_05,
    /// Batches and annotations of tools.
    V2025_03_26,
    /// Structured content, titles, the `MCP-Protocol-Version` header; no batches any more.
    V2025_06_18,
    /// The last one that begins with `initialize`.
    V2025_11_25,
    /// Every request stands alone.
    V2026_07_28,
}

impl Revision {
    /// Every revision that is served, newest first.
    pub const SERVED: &'static [Self] = &[
        Self::V2026_07_28,
        Self::V2025_11_25,
        Self::V2025_06_18,
        Self::V2025_03_26,
        Self::V2024_11_05,
    ];

    /// The revisions in which a request stands alone, newest first.
    pub const MODERN: &'static [Self] = &[Self::V2026_07_28];

    /// What `initialize` answers to a revision that it does not know, or that has no `initialize`.
    pub const LATEST_LEGACY: Self = Self::V2025_11_25;

    /// What a legacy request speaks that does not say (2025-06-18, "Protocol Version Header").
    pub const ASSUMED: Self = Self::V2025_03_26;

    /// The revision as it is written on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// The served revision of that name.
    pub fn find(text: &str) -> Option<Self> {
        Self::SERVED
            .iter()
            .copied()
            .find(|revision| revision.as_str() == text)
    }

    /// Its place among all revisions, 0 for the oldest: for tables with one entry a revision.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether requests of this revision stand alone.
    pub fn is_modern(self) -> bool {
        self >= Self::V2026_07_28
    }

    /// Whether the text names a revision of the modern era, be it served or not: a date from 2026-07-28 on.
    pub(crate) fn names_modern(text: &str) -> bool {
        let shape = |(place, byte): (usize, u8)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        text.len() == 10 && text.bytes().enumerate().all(shape) && text >= Self::V2026_07_28.as_str()
    }
}

impl std::fmt::Display for Revision {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// How a request is to be treated, with the revision that it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Era {
    /// Begun with `initialize`, with or without a session.
    Legacy(Revision),
    /// Alone, with everything that it needs in itself.
    Modern(Revision),
}

impl Era {
    /// The era of a revision.
    pub fn of(revision: Revision) -> Self {
        if revision.is_modern() {
            Self::Modern(revision)
        } else {
            Self::Legacy(revision)
        }
    }

    /// The revision that is spoken.
    pub const fn revision(self) -> Revision {
        match self {
            Self::Legacy(revision) | Self::Modern(revision) => revision,
        }
    }

    /// Whether requests stand alone.
    pub const fn is_modern(self) -> bool {
        matches!(self, Self::Modern(_))
    }
}

#[cfg(test)]
mod tests {
    use super::{Era, Revision};

    #[test]
    fn every_served_revision_is_found_by_its_name_and_falls_into_one_era() {
        for (place, revision) in Revision::SERVED.iter().rev().enumerate() {
            assert_eq!(Revision::find(revision.as_str()), Some(*revision));
            assert_eq!(revision.index(), place);
            assert_eq!(
                Era::of(*revision).is_modern(),
                Revision::MODERN.contains(revision)
            );
            assert_eq!(Revision::names_modern(revision.as_str()), revision.is_modern());
        }
        assert_eq!(Revision::find("2026-07-29"), None);
        assert_eq!(Revision::find(" 2025-11-25"), None);
    }

    #[test]
    fn only_a_date_from_the_modern_era_names_a_modern_revision() {
        for text in ["2026-07-28", "2026-07-29", "2027-01-01", "9999-99-99"] {
            assert!(Revision::names_modern(text), "{text}");
        }
        for text in [
            "2026-07-27",
            "1999-01-01",
            "v999.0.0",
            "",
            "2026-07-2",
            "2026-07-288",
            "2026/07/28",
            "é026-07-2",
        ] {
            assert!(!Revision::names_modern(text), "{text}");
        }
    }
}
