//! Lists: how tools read in each revision, and how long a list may be kept.

use crate::{Revision, ToolDescriptor, json};
use bytes::Bytes;

/// Who may keep a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheScope {
    /// The caller alone.
    Private,
    /// Anyone: only for what reads the same to every caller.
    Public,
}

/// How long and by whom a list may be kept; told to modern clients alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheHint {
    /// Milliseconds.
    pub ttl_ms: u32,
    /// Who may keep it.
    pub scope: CacheScope,
}

impl CacheHint {
    /// For the caller alone.
    pub const fn private(ttl_ms: u32) -> Self {
        Self {
            ttl_ms,
            scope: CacheScope::Private,
        }
    }

    /// Appends `"ttlMs":…,"cacheScope":…`.
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(br#""ttlMs":"#);
        json::write(out, &self.ttl_ms);
        out.extend_from_slice(match self.scope {
            CacheScope::Private => br#","cacheScope":"private""#,
            CacheScope::Public => br#","cacheScope":"public""#,
        });
    }
}

/// A list of tools as one revision reads it, rendered once and served many times. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolList(Bytes);

impl ToolList {
    pub(crate) fn members(&self) -> Bytes {
        self.0.clone()
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

/// Renders tools for one revision, in the given order: each revision gets the members that it knows.
pub fn render_tool_list(tools: &[ToolDescriptor], revision: Revision) -> ToolList {
    let mut out = br#""tools":["#.to_vec();
    for (place, tool) in tools.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        json::write(&mut out, &tool.to_value(revision));
    }
    out.push(b']');
    ToolList(out.into())
}
