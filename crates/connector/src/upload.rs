//! Actions whose file goes by a session: a first call says where its bytes go, they go there, and where the file says so the
//! action's own call ends it.

use crate::BuildError;
use crate::action::Action;
use crate::connector::Connector;
use crate::file::{self, Coming};
use crate::pointer::{Pointer, scalar_text};
use crate::request::{BuildInput, argument};
use crate::template::{Piece, Template};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use serde_json::{Map, Value};
use std::borrow::Cow;
use url::Url;

/// How an action's file goes by a session.
#[derive(Debug)]
pub(crate) struct Upload {
    /// The call before the action's own, which then is the last one. Its parameters are the values that are sent with it.
    pub(crate) start: Option<Box<Start>>,
    /// Further headers of the first call. One that needs what is not known of the file is left out.
    pub(crate) headers: Vec<(HeaderName, Template)>,
    /// Where the first answer says where the bytes go.
    pub(crate) to: At,
    /// How they are sent there.
    pub(crate) method: Method,
    /// How many go at once, with `Content-Range`; all where absent.
    pub(crate) part: Option<usize>,
    /// What is kept of the first answer, for the last call.
    pub(crate) keep: Vec<(String, Pointer)>,
    /// What the last call is sent besides its parameters, its texts being templates.
    pub(crate) finish: Value,
}

/// A call before the action's own.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) action: Action,
    /// What it is sent, texts being templates.
    pub(crate) values: Value,
}

/// A place in an answer.
#[derive(Debug, Clone)]
pub(crate) enum At {
    Header(HeaderName),
    Body(Pointer),
}

/// Where the bytes of a file go, as a platform has said.
#[derive(Debug, Clone)]
pub struct Session {
    /// The URL: of one of the connector's hosts. No credential goes there.
    pub url: Url,
    /// How they are sent.
    pub method: Method,
    /// The file's media type.
    pub media_type: String,
    /// How many bytes go at once; all where absent.
    pub part: Option<usize>,
    /// Whether the answer to the bytes is the outcome, or a last call's is.
    pub ends_itself: bool,
    kept: Map<String, Value>,
}

/// What is known of a file, for templates.
struct Facts<'a> {
    name: &'a str,
    media_type: String,
    size: Option<u64>,
    kept: &'a Map<String, Value>,
}

impl Facts<'_> {
    fn find(&self, name: &str) -> Option<Value> {
        match name {
            "name" => Some(Value::from(self.name)),
            "type" => Some(Value::from(self.media_type.as_str())),
            "size" => self.size.map(Value::from),
            name => self.kept.get(name).cloned(),
        }
    }

    fn render(&self, template: &Template) -> Result<Value, BuildError> {
        let missing = |name: &str| match name {
            "size" => argument(
                "",
                "the platform has to know how large the file is: send it with a `Content-Length`",
            ),
            name => argument("", format!("`{name}` was not in the platform's first answer")),
        };
        // What is nothing but a name keeps its type.
        if let [Piece::Name { name, .. }] = template.pieces.as_slice() {
            return self.find(name).ok_or_else(|| missing(name));
        }
        let text = |name: &str| Some(Cow::Owned(scalar_text(&self.find(name)?)?.into_owned()));
        template
            .render(text)
            .map(Value::from)
            .map_err(|name| missing(&name))
    }

    fn fill(&self, value: &Value) -> Result<Value, BuildError> {
        Ok(match value {
            Value::String(text) => match Template::parse(text) {
                Ok(template) => self.render(&template)?,
                Err(_not_one) => value.clone(),
            },
            Value::Array(items) => items
                .iter()
                .map(|item| self.fill(item))
                .collect::<Result<_, _>>()?,
            Value::Object(map) => {
                let pairs = map
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), self.fill(value)?)));
                Value::Object(pairs.collect::<Result<_, BuildError>>()?)
            }
            other => other.clone(),
        })
    }

    fn fill_map(&self, value: &Value) -> Result<Map<String, Value>, BuildError> {
        match self.fill(value)? {
            Value::Object(map) => Ok(map),
            _ => Ok(Map::new()),
        }
    }
}

impl Action {
    /// Whether its file goes by a session: then [`Connector::begin_upload`] makes the first request.
    pub fn has_session(&self) -> bool {
        self.upload.is_some()
    }

    fn facts<'a>(
        &self,
        input: &BuildInput<'a>,
        coming: &Coming<'a>,
        kept: &'a Map<String, Value>,
    ) -> Result<Facts<'a>, BuildError> {
        let param = self.params.iter().find(|param| param.file);
        let name = param.map_or("file", |param| param.name.as_str());
        let file = input.arguments.get(name).unwrap_or(&Value::Null);
        Ok(Facts {
            name: file::name(file, Some(coming)),
            media_type: file::media_type(name, file, Some(coming))?,
            size: coming.size,
            kept,
        })
    }
}

impl Connector {
    /// The first request of an upload by a session, of an action that has one.
    ///
    /// # Errors
    ///
    /// Those of [`Connector::build`].
    pub fn begin_upload(
        &self,
        action: &Action,
        input: &BuildInput<'_>,
        coming: &Coming<'_>,
    ) -> Result<Request<Bytes>, BuildError> {
        let upload = action
            .upload
            .as_ref()
            .ok_or_else(|| argument("", "take no file by a session"))?;
        let nothing = Map::new();
        let facts = action.facts(input, coming, &nothing)?;
        let mut request = match &upload.start {
            Some(start) => {
                let arguments = facts.fill_map(&start.values)?;
                let input = BuildInput {
                    arguments: &arguments,
                    ..*input
                };
                self.build(&start.action, &input)?
            }
            None => self.build(action, input)?,
        };
        for (name, template) in &upload.headers {
            let text = facts.render(template).ok();
            let text = text.as_ref().and_then(scalar_text);
            if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
                request.headers_mut().insert(name.clone(), value);
            }
        }
        Ok(request)
    }

    /// Where the bytes go, as the first answer says; nothing where it does not say it, or where they may not go there.
    ///
    /// # Errors
    ///
    /// Those of the file's name and type.
    pub fn session(
        &self,
        action: &Action,
        input: &BuildInput<'_>,
        coming: &Coming<'_>,
        answer: &Response<Bytes>,
    ) -> Result<Option<Session>, BuildError> {
        let Some(upload) = &action.upload else {
            return Ok(None);
        };
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let text = match &upload.to {
            At::Header(name) => answer.headers().get(name).and_then(|value| value.to_str().ok()),
            At::Body(pointer) => pointer.find(&body).and_then(Value::as_str),
        };
        let url = text.and_then(|text| Url::parse(text).ok());
        let Some(url) = url.filter(|url| self.takes_bytes(url, input)) else {
            return Ok(None);
        };
        let kept = upload
            .keep
            .iter()
            .filter_map(|(name, pointer)| Some((name.clone(), pointer.find(&body)?.clone())));
        let nothing = Map::new();
        Ok(Some(Session {
            url,
            method: upload.method.clone(),
            media_type: action.facts(input, coming, &nothing)?.media_type,
            part: upload.part,
            ends_itself: upload.start.is_none(),
            kept: kept.collect(),
        }))
    }

    /// Whether the bytes of a file may go to a URL that the platform has said: its hosts are the connector's, or the override's
    /// where there is one.
    fn takes_bytes(&self, url: &Url, input: &BuildInput<'_>) -> bool {
        let is_plain = url.username().is_empty() && url.password().is_none();
        is_plain
            && match input.base_override {
                Some(base) => url.origin() == base.origin(),
                None => url.scheme() == "https" && self.hosts_allow(url.host_str().unwrap_or_default()),
            }
    }

    /// The last request, where the answer to the bytes is not the outcome already.
    ///
    /// # Errors
    ///
    /// Those of [`Connector::build`], and what the first answer did not have.
    pub fn end_upload(
        &self,
        action: &Action,
        input: &BuildInput<'_>,
        coming: &Coming<'_>,
        session: &Session,
    ) -> Result<Option<Request<Bytes>>, BuildError> {
        let Some(upload) = action.upload.as_ref().filter(|upload| upload.start.is_some()) else {
            return Ok(None);
        };
        let more = action
            .facts(input, coming, &session.kept)?
            .fill_map(&upload.finish)?;
        let coming = Coming {
            more: Some(&more),
            ..*coming
        };
        let request = self.build_around(action, input, &coming)?;
        Ok(Some(request.map(|around| around.head)))
    }
}
