//! What MCP clients may have completed: the segments of one resource template, whose last one is a choice of a parameter.
//! Reading such a resource gives the choices that begin so.

use crate::Engine;
use crate::call::{ChoiceList, ChoicesAsked};
use crate::error::{Error, Result};
use crate::tools::ToolContext;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::collections::BTreeMap;

/// The template of the choices of a parameter.
pub const CHOICES_TEMPLATE: &str =
    "solder://connectors/{connectorId}/actions/{actionId}/parameters/{parameter}/choices/{value}";

/// What is to be completed.
#[derive(Debug, Clone)]
pub struct CompletionAsked<'a> {
    /// The template: [`CHOICES_TEMPLATE`], in which segments may be settled.
    pub template: &'a str,
    /// The argument.
    pub argument: &'a str,
    /// What was typed of it.
    pub typed: &'a str,
    /// Arguments that are settled: of the template, and of the action.
    pub settled: &'a BTreeMap<String, String>,
}

/// The four segments of a URI that are the caller's to fill in.
const NAMES: [&str; 4] = ["connectorId", "actionId", "parameter", "value"];

/// Takes a URI apart along the template. A slash within a segment is written `%2F`.
fn segments(uri: &str) -> Option<[String; 4]> {
    let rest = uri.strip_prefix("solder://connectors/")?;
    let parts: Vec<&str> = rest.split('/').collect();
    match parts.as_slice() {
        [
            connector,
            "actions",
            action,
            "parameters",
            parameter,
            "choices",
            value,
        ] => {
            let decoded = |text: &&str| percent_decode_str(text).decode_utf8().ok().map(String::from);
            Some([
                decoded(connector)?,
                decoded(action)?,
                decoded(parameter)?,
                decoded(value)?,
            ])
        }
        _ => None,
    }
}

impl Engine {
    /// Completes an argument of the template. The error is nothing where the template is no template of ours.
    pub async fn complete(
        &self,
        context: &ToolContext<'_>,
        asked: &CompletionAsked<'_>,
    ) -> Result<Option<(Vec<String>, bool)>> {
        let Some(stated) = segments(asked.template) else {
            return Ok(None);
        };
        let settled = |place: usize| -> Option<&str> {
            let name = NAMES.get(place)?;
            let text = stated.get(place)?;
            if *text == format!("{{{name}}}") {
                asked.settled.get(*name).map(String::as_str)
            } else {
                Some(text)
            }
        };
        let needed = |place: usize| {
            let name = NAMES.get(place).copied().unwrap_or_default();
            let message = "is needed in `context.arguments` to complete this argument";
            settled(place).ok_or_else(|| Error::invalid(name, message))
        };
        let policy = context.scope.policy();
        let typed = asked.typed.to_lowercase();
        let names: Vec<String> = match asked.argument {
            "connectorId" => {
                let shelf = self.shelf(&context.caller.account).await?;
                let seen = shelf.seen_connectors(policy);
                seen.iter().map(|(one, _)| one.id.as_str().to_owned()).collect()
            }
            "actionId" => {
                let entry = self
                    .seen_connector(&context.caller.account, needed(0)?, policy)
                    .await?;
                let connector = entry.connector()?;
                let sees = |id: &str| policy.allows_action(connector.id.as_str(), id);
                let ids = connector.actions().map(|action| action.id.clone());
                ids.filter(|id| sees(id)).collect()
            }
            "parameter" => {
                let entry = self
                    .seen_connector(&context.caller.account, needed(0)?, policy)
                    .await?;
                let connector = entry.connector()?;
                let action = crate::catalog::seen_action(&connector, needed(1)?, policy)?;
                let params = action.params().iter().filter(|param| param.options.is_some());
                params.map(|param| param.name.clone()).collect()
            }
            "value" => {
                let asked = ChoicesAsked {
                    typed: asked.typed.to_owned(),
                    arguments: arguments(asked.settled),
                    ..named(context, [needed(0)?, needed(1)?, needed(2)?])
                };
                let list = self.list_choices(context.caller, context.scope, &asked).await?;
                let values = list.options.into_iter().map(|choice| choice.value).collect();
                return Ok(Some((values, list.has_more)));
            }
            other => {
                let name = crate::near::shown(other);
                return Err(Error::invalid(
                    "argument.name",
                    format!("`{name}` is none of {}", NAMES.join(", ")),
                ));
            }
        };
        let begins = names
            .into_iter()
            .filter(|name| name.to_lowercase().starts_with(&typed));
        Ok(Some((begins.collect(), false)))
    }

    /// The choices that a URI of the template stands for; nothing where it is none.
    pub async fn read_choices_resource(
        &self,
        context: &ToolContext<'_>,
        uri: &str,
    ) -> Result<Option<ChoiceList>> {
        let Some([connector, action, parameter, value]) = segments(uri) else {
            return Ok(None);
        };
        let asked = ChoicesAsked {
            typed: value,
            ..named(context, [&connector, &action, &parameter])
        };
        self.list_choices(context.caller, context.scope, &asked)
            .await
            .map(Some)
    }
}

fn named(context: &ToolContext<'_>, [connector, action, parameter]: [&str; 3]) -> ChoicesAsked {
    ChoicesAsked {
        connector: connector.to_owned(),
        action: action.to_owned(),
        parameter: parameter.to_owned(),
        typed: String::new(),
        arguments: serde_json::Map::new(),
        credential: None,
        credential_header: context.credential.map(str::to_owned),
    }
}

/// What is settled beside the template's own segments are arguments of the action.
fn arguments(settled: &BTreeMap<String, String>) -> serde_json::Map<String, Value> {
    let given = settled.iter().filter(|(name, _)| !NAMES.contains(&name.as_str()));
    given
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{CHOICES_TEMPLATE, NAMES, segments};

    #[test]
    fn a_uri_is_taken_apart_along_the_template_and_slashes_in_ids_are_encoded() {
        let whole = segments(CHOICES_TEMPLATE).unwrap();
        assert_eq!(whole, NAMES.map(|name| format!("{{{name}}}")));
        let uri = "solder://connectors/github/actions/issues%2Fcreate/parameters/repo/choices/";
        assert_eq!(
            segments(uri).unwrap(),
            ["github", "issues/create", "repo", ""].map(String::from)
        );
        for other in [
            "",
            "file:///etc/passwd",
            "solder://connectors/github",
            "solder://connectors/a/actions/b/c/parameters/d/choices/e",
        ] {
            assert_eq!(segments(other), None, "{other}");
        }
    }
}
