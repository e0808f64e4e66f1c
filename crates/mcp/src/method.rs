//! The methods that are answered, by era.

use crate::Era;

/// One of the four lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    /// `tools/list`.
    Tools,
    /// `prompts/list`.
    Prompts,
    /// `resources/list`.
    Resources,
    /// `resources/templates/list`.
    ResourceTemplates,
}

impl List {
    /// The member of the result that holds the list.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Prompts => "prompts",
            Self::Resources => "resources",
            Self::ResourceTemplates => "resourceTemplates",
        }
    }
}

/// What a request asks for. A method that the era does not have, or whose capability is not declared, is `Unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `initialize`, legacy alone.
    Initialize,
    /// `ping`, legacy alone.
    Ping,
    /// `server/discover`, modern alone.
    Discover,
    /// One of the lists.
    List(List),
    /// `tools/call`.
    ToolsCall,
    /// `prompts/get`.
    PromptsGet,
    /// `resources/read`.
    ResourcesRead,
    /// `completion/complete`.
    Complete,
    /// Anything else: -32601.
    Unknown,
}

impl Method {
    /// The method of that name in that era. Names are case-sensitive.
    pub fn find(name: &str, era: Era) -> Self {
        match (name, era.is_modern()) {
            ("initialize", false) => Self::Initialize,
            ("ping", false) => Self::Ping,
            ("server/discover", true) => Self::Discover,
            ("tools/list", _) => Self::List(List::Tools),
            ("prompts/list", _) => Self::List(List::Prompts),
            ("resources/list", _) => Self::List(List::Resources),
            ("resources/templates/list", _) => Self::List(List::ResourceTemplates),
            ("tools/call", _) => Self::ToolsCall,
            ("prompts/get", _) => Self::PromptsGet,
            ("resources/read", _) => Self::ResourcesRead,
            ("completion/complete", _) => Self::Complete,
            _ => Self::Unknown,
        }
    }

    /// Whether a request for it counts against the caller's window (contract part 6: all but the two that open a
    /// conversation; notifications do not come here).
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Initialize | Self::Discover)
    }

    /// The member of `params` that the header `Mcp-Name` mirrors.
    pub(crate) const fn named_by(self) -> Option<&'static str> {
        match self {
            Self::ToolsCall | Self::PromptsGet => Some("name"),
            Self::ResourcesRead => Some("uri"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Method;
    use crate::{Era, Revision};

    #[test]
    fn each_era_has_its_own_methods() {
        let legacy = Era::of(Revision::V2025_11_25);
        let modern = Era::of(Revision::V2026_07_28);
        for (name, in_legacy, in_modern) in [
            ("initialize", true, false),
            ("ping", true, false),
            ("server/discover", false, true),
            ("tools/list", true, true),
            ("tools/call", true, true),
            ("prompts/list", true, true),
            ("prompts/get", true, true),
            ("resources/list", true, true),
            ("resources/templates/list", true, true),
            ("resources/read", true, true),
            ("resources/subscribe", false, false),
            ("resources/unsubscribe", false, false),
            ("logging/setLevel", false, false),
            ("completion/complete", true, true),
            ("subscriptions/listen", false, false),
            ("tasks/get", false, false),
            ("tasks/list", false, false),
            ("Tools/List", false, false),
            ("", false, false),
        ] {
            assert_eq!(Method::find(name, legacy) != Method::Unknown, in_legacy, "{name}");
            assert_eq!(Method::find(name, modern) != Method::Unknown, in_modern, "{name}");
        }
    }

    #[test]
    fn only_what_opens_a_conversation_stands_outside_the_window() {
        let outside = [Method::Initialize, Method::Discover];
        let inside = [
            Method::Ping,
            Method::ToolsCall,
            Method::PromptsGet,
            Method::Unknown,
        ];
        assert!(outside.iter().all(|method| !method.counts()));
        assert!(inside.iter().all(|method| method.counts()));
    }
}
