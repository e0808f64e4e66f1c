//! What a 401 and a 403 tell OAuth clients: where a server's metadata stand, and which scopes to ask for. Token URLs
//! and `/mcp` tell nothing of it: whoever holds such an address has nothing to sign in for.

use super::{Endpoint, Guest};
use crate::problem::{Challenge, Failure, OauthChallenge};
use solder_engine::{Error, Tool};
use solder_mcp::{Call, Incoming, Message, Method};
use solder_model::Code;

impl Endpoint {
    /// A refusal of authentication, with the challenge that fits the server.
    pub(super) async fn challenged(&self, error: Error, asks: Challenge) -> Failure {
        let server = self.server.as_deref().filter(|_| self.is_by_id());
        let (Code::Unauthorized, Some(server)) = (error.code(), server) else {
            return Failure::from(error).asking(asks);
        };
        match self.app.engine.resource_metadata_url(server).await {
            Ok(None) => Failure::from(error).asking(asks),
            Ok(metadata) => Failure::from(error).asking(Challenge::Oauth(OauthChallenge {
                error: (asks == Challenge::InvalidToken).then_some("invalid_token"),
                metadata,
                scope: self.app.engine.challenge_scopes(),
            })),
            Err(fault) => Failure::from(fault),
        }
    }
}

impl Guest {
    /// Refuses messages of which one needs a scope that the caller's token lacks, before any of them runs.
    pub(super) async fn check_scopes(&self, incoming: &Incoming) -> Result<(), Failure> {
        let messages = match incoming {
            Incoming::One(message) => std::slice::from_ref(message),
            Incoming::Batch(messages) => messages.as_slice(),
        };
        let mut refused = None;
        for message in messages {
            if let Err(error) = self.check_scope(message).await {
                refused = Some(error);
                break;
            }
        }
        let Some(error) = refused else { return Ok(()) };
        let metadata = if self.is_by_id {
            let server = self.entry.server.id.as_str();
            self.app.engine.resource_metadata_url(server).await?
        } else {
            None
        };
        Err(Failure::from(error).asking(Challenge::Oauth(OauthChallenge {
            error: Some("insufficient_scope"),
            metadata,
            scope: self.app.engine.challenge_scopes(),
        })))
    }

    async fn check_scope(&self, message: &Message) -> Result<(), Error> {
        let Message::Call(call) = message else {
            return Ok(());
        };
        let Some((tool, asked)) = tool_of(call) else {
            return Ok(());
        };
        self.app
            .engine
            .check_scope(&self.caller, &self.entry, tool, asked.arguments)
            .await
    }
}

/// The tool that is called, where it is one of ours.
fn tool_of(call: &Call) -> Option<(Tool, solder_mcp::ToolCall<'_>)> {
    if call.method != Method::ToolsCall {
        return None;
    }
    let asked = call.tool_call().ok()?;
    Some((Tool::find(&asked.name)?, asked))
}
