//! How the server presents itself: `initialize` in the legacy era, `server/discover` in the modern one.

use crate::{Initialize, Revision, json};
use std::sync::Arc;

/// What is declared: the three kinds of lists that are answered, and completion. No `listChanged` and no `subscribe`, since nothing is
/// ever announced.
const CAPABILITIES: &[u8] = br#""capabilities":{"tools":{},"prompts":{},"resources":{},"completions":{}}"#;

/// `{"name","version"}`, written at once: it stands in every modern answer.
fn info(name: &str, version: &str) -> String {
    let mut out = br#"{"name":"#.to_vec();
    json::write(&mut out, name);
    out.extend_from_slice(br#","version":"#);
    json::write(&mut out, version);
    out.push(b'}');
    String::from_utf8(out).unwrap_or_default()
}

/// The name that a server goes by, and what it tells a model about itself. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ServerInfo {
    info: Arc<str>,
    instructions: Option<Arc<str>>,
}

impl ServerInfo {
    /// A server of that name; `version` is that of the software.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            info: info(name, version).into(),
            instructions: None,
        }
    }

    /// The same server with instructions; none where the text is empty.
    #[must_use]
    pub fn with_instructions(mut self, text: &str) -> Self {
        self.instructions = (!text.is_empty()).then(|| text.into());
        self
    }

    /// `{"name","version"}`.
    pub(crate) fn info(&self) -> &str {
        &self.info
    }

    /// The members of an `initialize` result.
    pub(crate) fn initialize(&self, initialize: &Initialize) -> Vec<u8> {
        let mut out = br#""protocolVersion":"#.to_vec();
        json::write(&mut out, initialize.revision.as_str());
        out.push(b',');
        out.extend_from_slice(CAPABILITIES);
        out.extend_from_slice(br#","serverInfo":"#);
        out.extend_from_slice(self.info.as_bytes());
        self.write_instructions(&mut out);
        out
    }

    /// The members of a `server/discover` result, but for those that every modern result has. Every revision that is
    /// served is named, so that a client knows what `initialize` would take.
    pub(crate) fn discover(&self) -> Vec<u8> {
        let served: Vec<_> = Revision::SERVED
            .iter()
            .map(|revision| revision.as_str())
            .collect();
        let mut out = br#""supportedVersions":"#.to_vec();
        json::write(&mut out, &served);
        out.push(b',');
        out.extend_from_slice(CAPABILITIES);
        self.write_instructions(&mut out);
        out
    }

    fn write_instructions(&self, out: &mut Vec<u8>) {
        if let Some(text) = &self.instructions {
            out.extend_from_slice(br#","instructions":"#);
            json::write(out, text.as_ref());
        }
    }
}
