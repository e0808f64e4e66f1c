//! What a tool's call came to, as a result of the protocol.

use crate::{Revision, json};
use serde_json::value::RawValue;
use solder_model::Problem;

/// The result of a `tools/call`. A failure is one of these too, so that the model reads it and can mend its call.
#[derive(Debug, Clone)]
pub struct CallToolResult {
    content: Content,
    is_error: bool,
}

#[derive(Debug, Clone)]
enum Content {
    Text(String),
    Json(Box<RawValue>),
}

impl CallToolResult {
    /// A success that is text alone, for tools without an output schema.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            content: Content::Text(text.into()),
            is_error: false,
        }
    }

    /// A success whose JSON stands as text, and as `structuredContent` in the revisions that have it. Before
    /// 2026-07-28 it has to be an object for that.
    pub fn json(value: Box<RawValue>) -> Self {
        Self {
            content: Content::Json(value),
            is_error: false,
        }
    }

    /// The same for a text that holds JSON; text alone where it does not.
    pub fn json_text(text: String) -> Self {
        match serde_json::from_str::<&RawValue>(&text).map(ToOwned::to_owned) {
            Ok(value) => Self::json(value),
            Err(_) => Self::text(text),
        }
    }

    /// A failure, as text for the model. It never carries structured content.
    pub fn failure(text: impl Into<String>) -> Self {
        Self {
            content: Content::Text(text.into()),
            is_error: true,
        }
    }

    /// A failure whose text is the error envelope of the HTTP endpoints.
    pub fn problem(problem: &Problem) -> Self {
        Self::failure(problem.to_envelope().to_string())
    }

    /// Whether the call failed.
    pub const fn is_error(&self) -> bool {
        self.is_error
    }

    /// The text that the model reads.
    pub fn as_text(&self) -> &str {
        match &self.content {
            Content::Text(text) => text,
            Content::Json(value) => value.get(),
        }
    }

    /// About how many bytes it takes as a message.
    pub(crate) fn size(&self) -> usize {
        let text = self.as_text().len();
        match self.content {
            Content::Text(_) => text + text / 8 + 64,
            Content::Json(_) => 2 * text + text / 8 + 96,
        }
    }

    /// Appends the members of the result object.
    pub(crate) fn write(&self, out: &mut Vec<u8>, revision: Revision) {
        out.extend_from_slice(br#""content":[{"type":"text","text":"#);
        json::write(out, self.as_text());
        out.extend_from_slice(b"}]");
        if let Content::Json(value) = &self.content
            && (revision.is_modern() || (revision >= Revision::V2025_06_18 && json::is_object(value)))
        {
            out.extend_from_slice(br#","structuredContent":"#);
            out.extend_from_slice(value.get().as_bytes());
        }
        out.extend_from_slice(br#","isError":"#);
        json::write(out, &self.is_error);
    }
}
