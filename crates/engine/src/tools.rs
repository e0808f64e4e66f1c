//! The eight tools that every server offers: their schemas, and what each does for a caller.

mod connectors;
mod credentials;
mod discover;
mod execute;
mod schema;

pub use schema::tool_descriptors;

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::scope::Scope;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// What `connectorId` has to be.
const CONNECTOR: &str = "one of those that list_connectors_alloy lists";

/// What `actionId` has to be.
pub(crate) const ACTION: &str = "one of those that get_connector_resources_alloy lists";

/// Who calls a tool, where, and what the request's headers say beside.
#[derive(Debug, Clone, Copy)]
pub struct ToolContext<'a> {
    /// The caller.
    pub caller: &'a Caller,
    /// The server, with its restrictions.
    pub scope: Scope<'a>,
    /// `x-credential-id`.
    pub credential: Option<&'a str>,
    /// `x-redirect-uri`.
    pub redirect_uri: Option<&'a str>,
}

/// What a tool gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolOutcome {
    /// The text of the result: JSON.
    pub text: String,
    /// Whether the text is the structured content too: an object that the tool's output schema describes.
    pub structured: bool,
    /// Whether the call failed; the text is then the error object.
    pub is_error: bool,
    /// Whether the answer came from the cache of reads.
    pub cache_hit: bool,
}

impl ToolOutcome {
    fn structured(value: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_string(value).map_err(|_bad| Error::Internal("a result is no JSON"))?;
        Ok(Self {
            text,
            structured: true,
            is_error: false,
            cache_hit: false,
        })
    }

    /// A failed call, as a model reads it.
    pub fn failure(error: &Error) -> Self {
        let text = error.problem().to_envelope().to_string();
        Self {
            text,
            structured: false,
            is_error: true,
            cache_hit: false,
        }
    }
}

/// The tools by their names on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// `list_connectors_alloy`
    ListConnectors,
    /// `get_connector_resources_alloy`
    GetConnectorResources,
    /// `get_action_details_alloy`
    GetActionDetails,
    /// `execute_action_alloy`
    ExecuteAction,
    /// `create_credential_alloy`
    CreateCredential,
    /// `get_credentials_alloy`
    GetCredentials,
    /// `get_credential_metadata_alloy`
    GetCredentialMetadata,
    /// `discover_action_path_alloy`
    DiscoverActionPath,
}

impl Tool {
    /// Every tool, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::ListConnectors,
        Self::GetConnectorResources,
        Self::GetActionDetails,
        Self::ExecuteAction,
        Self::CreateCredential,
        Self::GetCredentials,
        Self::GetCredentialMetadata,
        Self::DiscoverActionPath,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ListConnectors => "list_connectors_alloy",
            Self::GetConnectorResources => "get_connector_resources_alloy",
            Self::GetActionDetails => "get_action_details_alloy",
            Self::ExecuteAction => "execute_action_alloy",
            Self::CreateCredential => "create_credential_alloy",
            Self::GetCredentials => "get_credentials_alloy",
            Self::GetCredentialMetadata => "get_credential_metadata_alloy",
            Self::DiscoverActionPath => "discover_action_path_alloy",
        }
    }

    /// The tool of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }
}

impl Engine {
    /// Calls a tool. What fails is an outcome too, worded so that a model can mend its call; faults of ours are
    /// logged here, once.
    pub async fn call_tool(
        &self,
        tool: Tool,
        context: &ToolContext<'_>,
        arguments: Option<&RawValue>,
    ) -> ToolOutcome {
        match self.run_tool(tool, context, arguments).await {
            Ok(outcome) => outcome,
            Err(error) => {
                error.log();
                ToolOutcome::failure(&error)
            }
        }
    }

    async fn run_tool(
        &self,
        tool: Tool,
        context: &ToolContext<'_>,
        arguments: Option<&RawValue>,
    ) -> Result<ToolOutcome> {
        let arguments = read_arguments(arguments)?;
        match tool {
            Tool::ListConnectors => self.list_connectors_tool(context, &arguments).await,
            Tool::GetConnectorResources => self.connector_resources(context, &arguments).await,
            Tool::GetActionDetails => self.action_details(context, &arguments).await,
            Tool::ExecuteAction => self.execute_action_tool(context, arguments).await,
            Tool::CreateCredential => self.create_credential_tool(context, &arguments).await,
            Tool::GetCredentials => self.credentials_tool(context, &arguments).await,
            Tool::GetCredentialMetadata => self.credential_metadata(context, &arguments).await,
            Tool::DiscoverActionPath => self.discover(context, &arguments).await,
        }
    }
}

/// Arguments are an object; absent ones are `{}`.
fn read_arguments(raw: Option<&RawValue>) -> Result<Map<String, Value>> {
    let Some(raw) = raw else { return Ok(Map::new()) };
    match serde_json::from_str(raw.get()) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err(Error::invalid("arguments", "must be an object")),
        Err(_) => Err(Error::invalid(
            "arguments",
            "must be an object of JSON that is not nested too deeply",
        )),
    }
}
