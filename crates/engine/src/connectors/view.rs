//! How connectors and actions are shown.

use crate::catalog::{Owner, Seen};
use serde::Serialize;
use serde_json::Value;
use solder_connector::{Action, Auth, Connector, Resource, Summary};
use solder_model::{Page, Policy};
use utoipa::ToSchema;

/// A connector in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorSummary {
    /// The id, which everything else names it by.
    #[schema(example = "slack")]
    pub id: String,
    /// The name as people write it.
    #[schema(example = "Slack")]
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// What kinds of platform it is, lower case; one at least.
    pub categories: Vec<String>,
    /// Where it is from: `built-in`, `operator` for one of whoever runs this Solder, or `account` for one of the account's own.
    #[schema(example = "built-in")]
    pub from: &'static str,
}

impl ConnectorSummary {
    fn new(connector: &Summary, owner: Owner) -> Self {
        Self {
            id: connector.id.as_str().to_owned(),
            name: connector.name.clone(),
            about: connector.about.clone(),
            categories: connector.categories.clone(),
            from: owner.as_str(),
        }
    }
}

/// A page of connectors.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorList {
    /// This page: by id, or the best first where words were searched for.
    pub connectors: Vec<ConnectorSummary>,
    /// How many there are in all.
    pub count: u64,
    /// The same as `count`.
    pub total: u64,
    /// The largest number on this page.
    pub limit: u32,
    /// How many were passed over.
    pub offset: u64,
    /// Whether more follow.
    pub has_more: bool,
}

impl ConnectorList {
    pub(super) fn new(all: &[Seen], page: Page) -> Self {
        let passed = usize::try_from(page.offset).unwrap_or(usize::MAX);
        let most = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let shown = all.iter().skip(passed).take(most);
        let connectors: Vec<_> = shown
            .map(|(one, owner)| ConnectorSummary::new(one, *owner))
            .collect();
        Self {
            has_more: passed.saturating_add(connectors.len()) < all.len(),
            connectors,
            count: all.len() as u64,
            total: all.len() as u64,
            limit: page.limit,
            offset: page.offset,
        }
    }
}

/// A connector as a whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorView {
    /// The id, which everything else names it by.
    #[schema(example = "slack")]
    pub id: String,
    /// The name as people write it.
    #[schema(example = "Slack")]
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// What kinds of platform it is, lower case; one at least.
    pub categories: Vec<String>,
    /// Where it is from: `built-in`, `operator` for one of whoever runs this Solder, or `account` for one of the account's own.
    #[schema(example = "built-in")]
    pub from: &'static str,
    /// Where the vendor describes its API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://docs.slack.dev/reference/methods", nullable = false)]
    pub docs: Option<String>,
    /// The ways to connect, the default first. Empty where no credential is needed.
    pub ways_to_connect: Vec<WayToConnect>,
    /// What its actions work on, each with those in reach; what has none in reach is left out.
    pub resources: Vec<ResourceView>,
}

impl ConnectorView {
    pub(super) fn new(connector: &Connector, owner: Owner, ways: Vec<WayToConnect>, policy: &Policy) -> Self {
        let resources = with_actions(connector, policy);
        Self {
            id: connector.id.as_str().to_owned(),
            name: connector.name.clone(),
            about: connector.about.clone(),
            categories: connector.categories.clone(),
            from: owner.as_str(),
            docs: connector.docs.clone(),
            ways_to_connect: ways,
            resources: resources
                .map(|(resource, actions)| ResourceView::new(resource, &actions))
                .collect(),
        }
    }
}

/// A way to connect: a kind of credential, and what a person gives for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WayToConnect {
    /// The kind, as credentials name it.
    #[schema(example = "bot_token")]
    pub authentication_type: String,
    /// Its name for people.
    #[schema(example = "Bot token")]
    pub name: String,
    /// Where to get what it asks for.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub description: String,
    /// Whether the account has to configure something before it can be used.
    pub auth_config_required: bool,
    /// The JSON Schema of a credential's `fields`; secrets are `writeOnly`.
    #[schema(value_type = Object)]
    pub input_schema: Value,
    /// What `fields` look like, with placeholders.
    #[schema(value_type = Object)]
    pub sample_input: Value,
    /// For a way by OAuth: what happens, or who has to configure what first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub message: Option<String>,
}

impl WayToConnect {
    /// A way as its file describes it, that can be gone at once.
    pub(super) fn new(auth: &Auth) -> Self {
        Self {
            authentication_type: auth.kind.clone(),
            name: auth.name.clone(),
            description: auth.about.clone(),
            auth_config_required: false,
            input_schema: auth.input_schema(),
            sample_input: auth.sample(),
            message: None,
        }
    }
}

/// A thing that actions work on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceView {
    /// The id within the connector.
    #[schema(example = "users")]
    pub id: String,
    /// The name for people.
    pub name: String,
    /// What it is.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub description: String,
    /// Its actions in reach.
    pub actions: Vec<ActionSummary>,
}

impl ResourceView {
    fn new(resource: &Resource, actions: &[&Action]) -> Self {
        let summary = |action: &&Action| ActionSummary {
            id: action.id.clone(),
            name: action.title.clone(),
            description: action.about.clone(),
            kind: action.kind.as_str(),
        };
        Self {
            id: resource.id.clone(),
            name: resource.name.clone(),
            description: resource.about.clone(),
            actions: actions.iter().map(summary).collect(),
        }
    }
}

/// An action in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionSummary {
    /// The vendor's own operation id; case-sensitive.
    #[schema(example = "users_list")]
    pub id: String,
    /// The name for people.
    pub name: String,
    /// What it does.
    pub description: String,
    /// What it does to the platform: `read` changes nothing, by `destructive` something is lost.
    #[schema(value_type = String, example = "read")]
    pub kind: &'static str,
}

/// The resources of a connector with the actions that the policy lets be seen; resources without any are left out.
pub(crate) fn with_actions<'c>(
    connector: &'c Connector,
    policy: &Policy,
) -> impl Iterator<Item = (&'c Resource, Vec<&'c Action>)> {
    let seen = |resource: &'c Resource| {
        let all = connector.actions_of(&resource.id).map(AsRef::as_ref);
        let reached = all.filter(|one: &&Action| policy.allows_action(connector.id.as_str(), &one.id));
        (resource, reached.collect::<Vec<_>>())
    };
    let resources = connector.resources.iter().map(seen);
    resources.filter(|(_, actions)| !actions.is_empty())
}

/// An action with what a call of it takes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionDetails {
    /// The connector.
    #[schema(example = "slack")]
    pub connector_id: String,
    /// The action.
    #[schema(value_type = ActionDescription)]
    pub action: Value,
    /// A call that shows how it is meant.
    pub sample: SampleCall,
}

impl ActionDetails {
    pub(super) fn new(connector: &Connector, action: &Action, sees: impl Fn(&str) -> bool) -> Self {
        Self {
            connector_id: connector.id.as_str().to_owned(),
            action: connector.details(action, sees),
            sample: SampleCall {
                connector_id: connector.id.as_str().to_owned(),
                action_id: action.id.clone(),
                parameters: action.sample.clone(),
            },
        }
    }
}

/// An action and arguments for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SampleCall {
    /// The connector.
    pub connector_id: String,
    /// The action.
    pub action_id: String,
    /// The arguments: one flat object.
    #[schema(value_type = Object)]
    pub parameters: Value,
}

/// What an action takes. All names go into one flat object of arguments, whatever their place in the request.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the connector gives; nothing makes one")]
pub struct ActionDescription {
    /// The vendor's own operation id; case-sensitive.
    #[schema(example = "chat_postMessage")]
    id: String,
    /// The name for people.
    display_name: String,
    /// What it does.
    description: String,
    /// The method of the platform's operation, lower case.
    #[schema(example = "post")]
    http_method: String,
    /// The path of the platform's operation.
    path: String,
    /// The arguments that do not go into the body.
    parameters: Vec<ParameterDescription>,
    /// The JSON Schema of the arguments that go into the body.
    #[schema(value_type = Object)]
    request_body: Value,
    /// Where the choices of parameters come from, by parameter: the action that lists them, its arguments (`{name}` stands
    /// for the argument of that name), and where the value stands in each item. Absent where no parameter has such a list.
    #[schema(value_type = Object, required = false)]
    options: Value,
}

/// An argument outside the body.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what the connector gives; nothing makes one")]
pub struct ParameterDescription {
    /// Its name among the arguments.
    name: String,
    /// Where it goes: `path`, `query` or `header`.
    #[schema(rename = "in", example = "query")]
    place: String,
    /// What it is.
    description: String,
    /// Whether a call needs it.
    required: bool,
    /// Its JSON Schema.
    #[schema(value_type = Object)]
    schema: Value,
}
