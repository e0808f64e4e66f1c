//! The answer to one request.

use crate::handshake::ServerInfo;
use crate::{CacheHint, Call, CallToolResult, Id, Initialize, List, Revision, RpcError, ToolList, json};
use bytes::Bytes;

/// What a result holds, but for what every result of its era has.
#[derive(Debug, Clone)]
pub struct ResultBody(Body);

#[derive(Debug, Clone)]
enum Body {
    /// Members of the result object, rendered; the hint goes with modern results alone.
    Members(Bytes, Option<CacheHint>),
    ToolResult(CallToolResult),
}

impl ResultBody {
    /// `{}`: the answer to `ping`.
    pub const fn empty() -> Self {
        Self(Body::Members(Bytes::new(), None))
    }

    /// The answer to `initialize`.
    pub fn initialize(initialize: &Initialize, server: &ServerInfo) -> Self {
        Self(Body::Members(server.initialize(initialize).into(), None))
    }

    /// The answer to `server/discover`.
    pub fn discover(server: &ServerInfo, hint: CacheHint) -> Self {
        Self(Body::Members(server.discover().into(), Some(hint)))
    }

    /// The answer to `tools/list`. The list is one that was rendered for the revision of the call.
    pub fn tools(list: &ToolList, hint: CacheHint) -> Self {
        Self(Body::Members(list.members(), Some(hint)))
    }

    /// A list that holds nothing.
    pub const fn empty_list(list: List, hint: CacheHint) -> Self {
        let members: &[u8] = match list {
            List::Tools => br#""tools":[]"#,
            List::Prompts => br#""prompts":[]"#,
            List::Resources => br#""resources":[]"#,
            List::ResourceTemplates => br#""resourceTemplates":[]"#,
        };
        Self(Body::Members(Bytes::from_static(members), Some(hint)))
    }

    /// The answer to `resources/templates/list`.
    pub(crate) const fn templates(members: Bytes, hint: CacheHint) -> Self {
        Self(Body::Members(members, Some(hint)))
    }

    /// The answer to `completion/complete`: at most [`MAX_COMPLETIONS`](crate::MAX_COMPLETIONS) values are told.
    pub fn completion(values: &[String], has_more: bool) -> Self {
        Self(Body::Members(
            crate::completion::write(values, has_more).into(),
            None,
        ))
    }

    /// The answer to `resources/read`.
    pub(crate) fn resource(uri: &str, mime_type: &str, text: &str, hint: CacheHint) -> Self {
        let mut out = br#""contents":[{"uri":"#.to_vec();
        json::write(&mut out, uri);
        out.extend_from_slice(br#","mimeType":"#);
        json::write(&mut out, mime_type);
        out.extend_from_slice(br#","text":"#);
        json::write(&mut out, text);
        out.extend_from_slice(b"}]");
        Self(Body::Members(out.into(), Some(hint)))
    }

    /// The answer to `tools/call`.
    pub const fn call(result: CallToolResult) -> Self {
        Self(Body::ToolResult(result))
    }

    fn size(&self) -> usize {
        match &self.0 {
            Body::Members(members, _) => members.len(),
            Body::ToolResult(result) => result.size(),
        }
    }
}

/// The answer to one request.
#[derive(Debug, Clone)]
pub struct Reply {
    id: Option<Id>,
    status: u16,
    content: Content,
    pub(crate) is_modern: bool,
}

#[derive(Debug, Clone)]
enum Content {
    Result {
        body: ResultBody,
        server: ServerInfo,
        revision: Revision,
    },
    Error(RpcError),
}

impl Reply {
    /// A result. Modern results say that they are complete and who answers; legacy ones have neither.
    pub fn result(call: &Call, server: &ServerInfo, body: ResultBody) -> Self {
        Self {
            id: Some(call.id.clone()),
            status: 200,
            content: Content::Result {
                body,
                server: server.clone(),
                revision: call.era.revision(),
            },
            is_modern: call.era.is_modern(),
        }
    }

    /// An error. To a well-formed legacy request even an error has HTTP 200, since its client ends the whole session
    /// at anything else.
    pub fn error(call: &Call, error: RpcError) -> Self {
        let is_modern = call.era.is_modern();
        Self {
            id: Some(call.id.clone()),
            status: if is_modern { error.status() } else { 200 },
            content: Content::Error(error),
            is_modern,
        }
    }

    /// The answer to what is no message, or one that breaks the rules of its era. The id is left out where none could
    /// be read.
    pub(crate) fn fault(id: Option<Id>, error: RpcError) -> Box<Self> {
        Box::new(Self {
            id,
            status: error.status(),
            content: Content::Error(error),
            is_modern: false,
        })
    }

    /// The HTTP status where this is the whole answer.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The error, where it is one.
    pub const fn as_error(&self) -> Option<&RpcError> {
        match &self.content {
            Content::Error(error) => Some(error),
            Content::Result { .. } => None,
        }
    }

    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        let id = self.id.as_ref().map_or(0, |id| id.as_json().len());
        match &self.content {
            Content::Result { body, server, .. } => body.size() + server.info().len() + id + 200,
            Content::Error(_) => id + 400,
        }
    }

    /// Appends the message.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        start_message(out, self.id.as_ref());
        match &self.content {
            Content::Error(error) => {
                out.extend_from_slice(br#","error":"#);
                json::write(out, &error.to_value());
            }
            Content::Result {
                body,
                server,
                revision,
            } => {
                out.extend_from_slice(br#","result":{"#);
                write_result(out, body, server, *revision);
                out.push(b'}');
            }
        }
        out.push(b'}');
    }
}

/// Appends `{"jsonrpc":"2.0","id":…` without an end.
pub(crate) fn start_message(out: &mut Vec<u8>, id: Option<&Id>) {
    out.extend_from_slice(br#"{"jsonrpc":"2.0""#);
    if let Some(id) = id {
        out.extend_from_slice(br#","id":"#);
        out.extend_from_slice(id.as_json().as_bytes());
    }
}

fn write_result(out: &mut Vec<u8>, body: &ResultBody, server: &ServerInfo, revision: Revision) {
    let is_modern = revision.is_modern();
    if is_modern {
        out.extend_from_slice(br#""resultType":"complete","#);
    }
    let start = out.len();
    match &body.0 {
        Body::ToolResult(result) => result.write(out, revision),
        Body::Members(members, hint) => {
            out.extend_from_slice(members);
            if let (true, Some(hint)) = (is_modern, hint) {
                out.push(b',');
                hint.write(out);
            }
        }
    }
    if is_modern {
        if out.len() > start {
            out.push(b',');
        }
        out.extend_from_slice(br#""_meta":{"io.modelcontextprotocol/serverInfo":"#);
        out.extend_from_slice(server.info().as_bytes());
        out.push(b'}');
    }
}
