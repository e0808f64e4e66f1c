//! Lists: how tools read in each revision, and how long a list may be kept.

use crate::{Error, HeaderParams, Revision, ToolDescriptor, json};
use bytes::Bytes;
use std::collections::HashMap;

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

/// A kind of resource whose URIs follow a template (RFC 6570).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceTemplate {
    /// The template.
    pub uri_template: &'static str,
    /// Its name, for programs.
    pub name: &'static str,
    /// Its name, for people.
    pub title: &'static str,
    /// What it holds, for a model.
    pub description: &'static str,
    /// The media type of what is read.
    pub mime_type: &'static str,
}

/// A list of tools as one revision reads it, rendered once and served many times. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolList(Bytes);

impl ToolList {
    pub(crate) fn members(&self) -> Bytes {
        self.0.clone()
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

/// The tools of a server, rendered for every revision, with what their calls are checked for.
#[derive(Debug)]
pub struct Catalogue {
    /// By [`Revision::index`].
    lists: Vec<ToolList>,
    tools: HashMap<String, HeaderParams>,
    /// The members of `resources/templates/list`.
    templates: Bytes,
}

impl Catalogue {
    /// Renders tools in the given order. Errors: a tool that clients would drop.
    pub fn new(tools: &[ToolDescriptor]) -> Result<Self, Error> {
        let params = |tool: &ToolDescriptor| Ok((tool.name.clone(), tool.header_params()?));
        Ok(Self {
            lists: Revision::SERVED
                .iter()
                .rev()
                .map(|revision| render_tool_list(tools, *revision))
                .collect(),
            tools: tools.iter().map(params).collect::<Result<_, _>>()?,
            templates: Bytes::from_static(br#""resourceTemplates":[]"#),
        })
    }

    /// The same with templates of resources. Whoever gives them answers [`Answer::Read`](crate::Answer::Read) and
    /// [`Answer::Complete`](crate::Answer::Complete).
    #[must_use]
    pub fn with_templates(mut self, templates: &[ResourceTemplate]) -> Self {
        let mut out = br#""resourceTemplates":"#.to_vec();
        json::write(&mut out, &templates);
        self.templates = out.into();
        self
    }

    /// The templates as members of a result.
    pub(crate) fn templates(&self) -> Bytes {
        self.templates.clone()
    }

    /// The list for a revision.
    pub(crate) fn list(&self, revision: Revision) -> Option<&ToolList> {
        self.lists.get(revision.index())
    }

    /// What is mirrored of a tool's arguments; `None` where there is no such tool.
    pub fn find(&self, name: &str) -> Option<&HeaderParams> {
        self.tools.get(name)
    }
}
