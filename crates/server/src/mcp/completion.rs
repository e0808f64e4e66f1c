//! Completion, and the resources that it completes the template of: the choices of parameters.

use super::Guest;
use solder_engine::{CHOICES_TEMPLATE, CompletionAsked, Error, Scope, ToolContext};
use solder_mcp::{Call, Completion, Offer, Reply, ResourceTemplate, ResultBody, RpcError};
use solder_model::Code;

/// What `resources/templates/list` tells.
pub(crate) const TEMPLATES: [ResourceTemplate; 1] = [ResourceTemplate {
    uri_template: CHOICES_TEMPLATE,
    name: "choices",
    title: "Choices of a parameter",
    description: "What a parameter may be, as the platform lists it: values that begin with {value}, with their names. \
                  Which parameters have choices is told by `options` in get_action_details_alloy.",
    mime_type: "application/json",
}];

impl Guest {
    /// `completion/complete`
    pub(super) async fn complete(&self, offer: &Offer, call: &Call, asked: &Completion) -> Reply {
        let of = CompletionAsked {
            template: &asked.template,
            argument: &asked.argument,
            typed: &asked.typed,
            settled: &asked.settled,
        };
        match Box::pin(self.app.engine.complete(&self.context(), &of)).await {
            Ok(Some((values, has_more))) => offer.reply(call, ResultBody::completion(&values, has_more)),
            Ok(None) => Reply::error(
                call,
                RpcError::invalid_params(
                    "Invalid params: `ref.uri` is no template that resources/templates/list lists",
                ),
            ),
            Err(error) => Reply::error(call, self.rpc_error(&error)),
        }
    }

    /// `resources/read`
    pub(super) async fn read(&self, offer: &Offer, call: &Call, uri: &str) -> Reply {
        let found = Box::pin(self.app.engine.read_choices_resource(&self.context(), uri)).await;
        match found.map(|list| list.map(|list| serde_json::to_string(&list))) {
            Ok(Some(Ok(text))) => offer.reply(call, offer.resource(uri, "application/json", &text)),
            Ok(None) => Reply::error(call, RpcError::unknown_resource(uri, call.era)),
            Ok(Some(Err(_))) => Reply::error(call, RpcError::internal(self.arrival.request_id_text())),
            Err(error) => Reply::error(call, self.rpc_error(&error)),
        }
    }

    /// Who calls, and where.
    pub(super) fn context(&self) -> ToolContext<'_> {
        ToolContext {
            caller: &self.caller,
            scope: Scope::server(&self.entry),
            credential: self.credential.as_deref(),
            redirect_uri: self.redirect_uri.as_deref(),
        }
    }

    /// A refusal where the protocol has no result that could carry it.
    fn rpc_error(&self, error: &Error) -> RpcError {
        error.log();
        let problem = error.problem();
        match error.code() {
            Code::InternalError => RpcError::internal(self.arrival.request_id_text()),
            Code::InvalidRequest => RpcError::invalid_params(format!("Invalid params: {}", problem.message)),
            _ => RpcError::refused(&problem),
        }
    }
}
