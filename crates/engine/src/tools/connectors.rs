//! What there is: connectors, their resources, and the details of an action. What a server's restrictions put out
//! of reach is not seen here.

use super::{ToolContext, ToolOutcome};
use crate::Engine;
use crate::catalog::{Entry, Seen};
use crate::connectors::{is_of, with_actions};
use crate::error::Result;
use crate::fields::Fields;
use serde::Serialize;
use serde_json::{Map, Value, json};
use solder_connector::{Connector, Summary};
use solder_model::Policy;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many connectors one answer lists: more than anybody uses, and no more than a model can read.
const LISTED: usize = 150;

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    name: &'a str,
    category: &'a [String],
}

#[derive(Serialize)]
struct ResourceView<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    actions: Vec<ActionView<'a>>,
}

#[derive(Serialize)]
struct ActionView<'a> {
    id: &'a str,
    name: &'a str,
    description: &'a str,
}

impl Engine {
    /// `list_connectors_alloy`
    pub(super) async fn list_connectors_tool(
        &self,
        context: &ToolContext<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<ToolOutcome> {
        let mut fields = Fields::new(arguments);
        fields.only(&["category"]);
        let category = fields.text("category", |_| None);
        let category = fields.finish(category)?;
        let shelf = self.shelf(&context.caller.account).await?;
        let seen = shelf.seen_connectors(context.scope.policy());
        let wanted = |connector: &Summary| {
            category
                .as_deref()
                .is_none_or(|category| is_of(connector, category))
        };
        let mut found: Vec<&Summary> = seen
            .iter()
            .map(|(connector, _)| connector.as_ref())
            .filter(|connector| wanted(connector))
            .collect();
        let count = found.len();
        if count > LISTED {
            let connected = self.connected(context.caller, context.scope).await?;
            found.sort_by_key(|connector| !connected.contains(&connector.id));
            found.truncate(LISTED);
        }
        let listed: Vec<Listed<'_>> = found
            .into_iter()
            .map(|one| Listed {
                id: one.id.as_str(),
                name: &one.name,
                category: &one.categories,
            })
            .collect();
        let found = format!(
            "Found {count} available connector{}",
            if count == 1 { "" } else { "s" }
        );
        let message = match (count, &category) {
            (0, Some(_)) if !seen.is_empty() => {
                format!("{found} in this category; there are: {}", categories(&seen))
            }
            (count, _) if count > LISTED => format!(
                "{found}, of which {LISTED} are shown: those that this user is connected to, and then by id. \
                 discover_action_path_alloy finds the right one for a goal; `category` narrows this list to one of: {}",
                categories(&seen)
            ),
            (0, _) => format!("{found}: this server's restrictions leave none in reach"),
            _ => found,
        };
        ToolOutcome::structured(&json!({ "connectors": listed, "count": count, "message": message }))
    }

    /// `get_connector_resources_alloy`
    pub(super) async fn connector_resources(
        &self,
        context: &ToolContext<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<ToolOutcome> {
        let connector = self.named_connector(context, arguments).await?.connector()?;
        let resources = resources(&connector, context.scope.policy());
        ToolOutcome::structured(&json!({ "connectorId": connector.id.as_str(), "resources": resources }))
    }

    /// The connector that arguments of `connectorId` alone name, if it may be seen here.
    pub(super) async fn named_connector(
        &self,
        context: &ToolContext<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<Arc<Entry>> {
        let mut fields = Fields::new(arguments);
        fields.only(&["connectorId"]);
        let id = fields.required("connectorId", super::CONNECTOR);
        let id = fields.finish(id)?;
        self.seen_connector(&context.caller.account, &id, context.scope.policy())
            .await
    }

    /// `get_action_details_alloy`
    pub(super) async fn action_details(
        &self,
        context: &ToolContext<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<ToolOutcome> {
        let mut fields = Fields::new(arguments);
        fields.only(&["connectorId", "actionId"]);
        let connector = fields.required("connectorId", super::CONNECTOR);
        let action = fields.required("actionId", super::ACTION);
        let (connector, action) = fields.finish((connector, action))?;
        let details = self
            .get_action(context.caller, context.scope, &connector, &action)
            .await?;
        ToolOutcome::structured(&details)
    }
}

/// Every category of these connectors, each once.
fn categories(seen: &[Seen]) -> String {
    let all = seen
        .iter()
        .flat_map(|(one, _)| one.categories.iter().map(String::as_str));
    let each: BTreeSet<&str> = all.collect();
    each.into_iter().collect::<Vec<_>>().join(", ")
}

/// The resources of a connector with the actions that the policy lets be seen.
fn resources<'a>(connector: &'a Connector, policy: &Policy) -> Vec<ResourceView<'a>> {
    let views = with_actions(connector, policy).map(|(resource, actions)| ResourceView {
        id: &resource.id,
        name: &resource.name,
        description: &resource.about,
        actions: actions
            .into_iter()
            .map(|action| ActionView {
                id: &action.id,
                name: &action.title,
                description: &action.about,
            })
            .collect(),
    });
    views.collect()
}
