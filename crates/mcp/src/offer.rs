//! What a server offers, and the answer to every request that needs nothing but that.

use crate::{
    CacheHint, Call, Catalogue, Completion, Head, List, Method, Reply, ResultBody, RpcError, ServerInfo,
    ToolCall,
};
use std::borrow::Cow;
use std::sync::Arc;

/// Milliseconds for which clients may keep a list, and what `server/discover` says. Nothing announces a change, so that
/// it is how late a client may learn of one.
const KEEP_MS: u32 = 60_000;

/// What a server offers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Offer {
    server: ServerInfo,
    catalogue: Arc<Catalogue>,
    hint: CacheHint,
}

/// What comes of a request.
#[derive(Debug)]
pub enum Answer<'c> {
    /// The answer itself.
    Ready(Reply),
    /// A tool of the catalogue has to run; [`Offer::reply`] makes the answer of what it comes to.
    Run(ToolCall<'c>),
    /// An argument has to be completed.
    Complete(Completion),
    /// The resource of that URI has to be read, if there is one.
    Read(Cow<'c, str>),
}

impl Offer {
    /// What the server of that name offers. Its lists are the caller's alone: two callers may see different ones.
    pub const fn new(server: ServerInfo, catalogue: Arc<Catalogue>) -> Self {
        Self {
            server,
            catalogue,
            hint: CacheHint::private(KEEP_MS),
        }
    }

    /// Answers a request, or says which tool has to run. An `initialize` that was answered with a result may be given a
    /// session by the caller of this.
    pub fn answer<'c>(&self, head: &Head<'_>, call: &'c Call) -> Answer<'c> {
        match self.consider(head, call) {
            Ok(Considered::Body(body)) => Answer::Ready(self.reply(call, body)),
            Ok(Considered::Run(tool)) => Answer::Run(tool),
            Ok(Considered::Complete(asked)) => Answer::Complete(asked),
            Ok(Considered::Read(uri)) => Answer::Read(uri),
            Err(error) => Answer::Ready(Reply::error(call, error)),
        }
    }

    /// A resource that was read: a text of that media type, which may be kept no longer than any list.
    pub fn resource(&self, uri: &str, mime_type: &str, text: &str) -> ResultBody {
        ResultBody::resource(uri, mime_type, text, self.hint)
    }

    /// The reply to a call that came to something.
    pub fn reply(&self, call: &Call, body: ResultBody) -> Reply {
        Reply::result(call, &self.server, body)
    }

    fn consider<'c>(&self, head: &Head<'_>, call: &'c Call) -> Result<Considered<'c>, RpcError> {
        let body = match call.method {
            Method::Initialize => ResultBody::initialize(&call.initialize()?, &self.server),
            Method::Ping => ResultBody::empty(),
            Method::Discover => ResultBody::discover(&self.server, self.hint),
            Method::List(list) => {
                call.check_only_page()?;
                self.list(list, call)
            }
            Method::ToolsCall => return self.tool(head, call).map(Considered::Run),
            Method::PromptsGet => return Err(RpcError::unknown_prompt(&call.prompt_name()?)),
            Method::ResourcesRead => return call.resource_uri().map(Considered::Read),
            Method::Complete => return call.completion().map(Considered::Complete),
            Method::Unknown => return Err(call.unknown_method()),
        };
        Ok(Considered::Body(body))
    }

    fn list(&self, list: List, call: &Call) -> ResultBody {
        let tools = match list {
            List::Tools => self.catalogue.list(call.era.revision()),
            List::ResourceTemplates => {
                return ResultBody::templates(self.catalogue.templates(), self.hint);
            }
            List::Prompts | List::Resources => None,
        };
        match tools {
            Some(tools) => ResultBody::tools(tools, self.hint),
            None => ResultBody::empty_list(list, self.hint),
        }
    }

    fn tool<'c>(&self, head: &Head<'_>, call: &'c Call) -> Result<ToolCall<'c>, RpcError> {
        let tool = call.tool_call()?;
        let Some(params) = self.catalogue.find(&tool.name) else {
            return Err(RpcError::unknown_tool(&tool.name));
        };
        if call.era.is_modern() {
            head.check_params(&tool, params)?;
        }
        Ok(tool)
    }
}

enum Considered<'c> {
    Body(ResultBody),
    Run(ToolCall<'c>),
    Complete(Completion),
    Read(Cow<'c, str>),
}
