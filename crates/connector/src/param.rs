//! One parameter of an action: what callers write, and where it goes in the platform's request.

use crate::encoding::Encoding;
use crate::options::Options;
use crate::pointer::Pointer;
use crate::schema::Check;
use serde_json::Value;
use std::borrow::Cow;

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Into the path's template.
    Path,
    /// Into the query.
    Query,
    /// Into a header.
    Header,
    /// Into the body.
    Body,
    /// Where the platform says: the file of an action that has a session for it.
    Session,
    /// Into the one JSON text that stands in a header.
    JsonHeader,
    /// The cursor of a list whose next page is told as a URL: it stands for the query.
    Cursor,
}

impl Place {
    /// The word of listings; a cursor counts as query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query | Self::Cursor => "query",
            Self::Header | Self::JsonHeader => "header",
            Self::Body | Self::Session => "body",
        }
    }
}

/// How arrays go into a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListStyle {
    /// `a=1&a=2`.
    #[default]
    Repeat,
    /// `a=1,2`.
    Comma,
    /// `a[]=1&a[]=2`.
    Brackets,
}

/// The platform's name of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wire {
    /// A name at the top.
    Name(String),
    /// A place inside the JSON body.
    Inside(Pointer),
    /// The whole body.
    Whole,
}

impl Wire {
    /// The names that lead to it inside the body.
    pub(crate) fn way(&self) -> Vec<&str> {
        match self {
            Self::Whole => Vec::new(),
            Self::Name(name) => vec![name],
            Self::Inside(pointer) => pointer.names().collect(),
        }
    }
}

/// One parameter of an action.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all combinations but few occur"
)]
pub struct Param {
    /// The name that callers use.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Where it goes.
    pub place: Place,
    /// The platform's own name: bare, a pointer into the body (`/parent/page_id`), or `.` for the whole body.
    pub wire_name: String,
    /// Whether a call needs it.
    pub required: bool,
    /// Its schema, with description and default.
    pub schema: Value,
    /// What is sent where nothing is given.
    pub default: Option<Value>,
    /// How an array goes into a query.
    pub list: ListStyle,
    /// Where its choices come from.
    pub options: Option<Box<Options>>,
    /// Whether the loader made it, for paging.
    pub made: bool,
    pub(crate) wire: Wire,
    pub(crate) file: bool,
    pub(crate) number: bool,
    /// Whether it goes nowhere by itself: it stands in texts that are made of parameters.
    pub(crate) woven: bool,
    /// Whether others go inside of it, so that it goes in before them.
    pub(crate) holds: bool,
    /// How its text is written for the platform.
    pub(crate) encode: Option<Encoding>,
    pub(crate) sample: Option<Value>,
    pub(crate) header: Option<http::HeaderName>,
    pub(crate) check: Check,
}

impl Param {
    /// The value as it is sent: encoded, where the file says so.
    pub(crate) fn sent<'v>(
        &'v self,
        arguments: &'v serde_json::Map<String, Value>,
    ) -> Option<Cow<'v, Value>> {
        self.value(arguments).map(|value| self.written(value))
    }

    /// A value of it as the platform takes it.
    pub(crate) fn written<'v>(&self, value: &'v Value) -> Cow<'v, Value> {
        match (self.encode, value) {
            (Some(encoding), Value::String(text)) => Cow::Owned(Value::String(encoding.write(text))),
            _ => Cow::Borrowed(value),
        }
    }

    /// The argument, else the default.
    pub(crate) fn value<'v>(&'v self, arguments: &'v serde_json::Map<String, Value>) -> Option<&'v Value> {
        arguments.get(&self.name).or(self.default.as_ref())
    }
}
