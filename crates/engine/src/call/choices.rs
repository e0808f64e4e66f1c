//! The choices of a parameter, asked of the platform by the action that lists them: the same way, rights, limits and
//! credentials as when a caller executes that action.

use super::resolve::Target;
use super::{Request, reuse};
use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::scope::Scope;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use solder_connector::Options;
use solder_model::{Code, Credential};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// The most choices of one answer; `completion/complete` allows no more.
const MOST: usize = 100;

/// How many pages of a listing are read for one answer.
const PAGES: usize = 5;

/// How long choices are kept: somebody who types asks at every key.
const KEPT: Duration = Duration::from_mins(1);

/// Whose choices are asked for.
#[derive(Debug, Clone)]
pub struct ChoicesAsked {
    /// The connector.
    pub connector: String,
    /// The action.
    pub action: String,
    /// Its parameter.
    pub parameter: String,
    /// What was typed so far; only choices that begin so.
    pub typed: String,
    /// The action's other arguments, as far as they are known; values may be texts for numbers.
    pub arguments: Map<String, Value>,
    /// `credentialId`.
    pub credential: Option<String>,
    /// `x-credential-id`.
    pub credential_header: Option<String>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChoiceView {
    /// What goes into the argument.
    #[schema(example = "C0123456789")]
    pub value: String,
    /// What a person knows it by, where it has a name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(example = "general", nullable = false)]
    pub label: Option<String>,
}

impl ChoiceView {
    /// Whether value or label begin with what was typed, whatever the case; a `#` or `@` before it counts as nothing.
    fn begins(&self, typed: &str) -> bool {
        let begins = |text: &str| text.to_lowercase().starts_with(typed);
        begins(&self.value) || self.label.as_deref().is_some_and(begins)
    }
}

/// Choices of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceList {
    /// The choices in the platform's order, 100 at most.
    pub options: Vec<ChoiceView>,
    /// Whether the platform has more that may fit: type more of the one that is meant.
    pub has_more: bool,
}

impl Engine {
    /// The choices of a parameter that begin with what was typed.
    pub async fn list_choices(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        asked: &ChoicesAsked,
    ) -> Result<ChoiceList> {
        if let (Some(argument), Some(header)) = (&asked.credential, &asked.credential_header)
            && argument != header
        {
            let message = "differs from the x-credential-id header: send one of them";
            return Err(Error::invalid("credentialId", message));
        }
        let user = self
            .resolve(caller, scope, &asked.of(&asked.action, Map::new()))
            .await?;
        let options = options(&user, &asked.parameter)?;
        let found = user.connector.action(&options.action);
        let listing = found.ok_or(Error::Internal("a listing is gone that was checked"))?;
        let mut arguments = options.arguments(listing, &asked.arguments);
        let typed = asked.typed.trim().trim_start_matches(['#', '@']).to_lowercase();
        let searches = options.query.as_ref().filter(|_| !typed.is_empty());
        if let Some(query) = searches {
            arguments.insert(query.clone(), Value::String(asked.typed.trim().to_owned()));
        }
        let request = asked.of(&options.action, arguments);
        let all = self.listed(caller, scope, &request, options).await?;
        let fits = |one: &ChoiceView| searches.is_some() || one.begins(&typed);
        let mut fitting = all.options.into_iter().filter(fits);
        let shown: Vec<_> = fitting.by_ref().take(MOST).collect();
        Ok(ChoiceList {
            has_more: all.has_more || fitting.next().is_some(),
            options: shown,
        })
    }

    /// All that the listing has, as far as it is read.
    async fn listed(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        request: &Request,
        options: &Options,
    ) -> Result<ChoiceList> {
        let began = self.clock.now();
        let target = self.resolve(caller, scope, request).await?;
        target.validate(&request.parameters)?;
        let outcome = self.kept_or_read(caller, scope, &target, request, options).await;
        self.record(caller, scope, &target, began, outcome.as_ref().err());
        outcome
    }

    async fn kept_or_read(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        target: &Target,
        request: &Request,
        options: &Options,
    ) -> Result<ChoiceList> {
        if target.connector.is_internal() {
            return self
                .read_choices(caller, scope, target, request, (None, options))
                .await;
        }
        let credential = self.credential(caller, scope, target, request).await?;
        let key = reuse::Key::of_choices(
            caller,
            target,
            credential.as_deref(),
            (&request.parameters, options),
            KEPT,
        );
        let slot = key.map(|key| self.answers.slot(key));
        let kept = slot
            .as_ref()
            .and_then(|slot| self.answers.find(slot, self.clock.now()));
        if let Some(list) = kept.and_then(|text| serde_json::from_str(&text).ok()) {
            return Ok(list);
        }
        let list = self
            .read_choices(caller, scope, target, request, (credential, options))
            .await?;
        if let (Some(slot), Ok(text)) = (slot, serde_json::to_string(&list)) {
            self.answers.keep(slot, &text, self.clock.now());
        }
        Ok(list)
    }

    /// Reads the listing page by page.
    async fn read_choices(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        target: &Target,
        request: &Request,
        (credential, options): (Option<Arc<Credential>>, &Options),
    ) -> Result<ChoiceList> {
        let mut request = request.clone();
        let mut list = ChoiceList {
            options: Vec::new(),
            has_more: false,
        };
        for _ in 0..PAGES {
            let answer = if target.connector.is_internal() {
                self.dispatch_internal(caller, scope, target, &request).await?
            } else {
                self.dispatch_renewing(target, credential.clone(), &request)
                    .await?
            };
            let found = options.choices(&target.action, &answer.value).into_iter();
            list.options.extend(found.map(|choice| ChoiceView {
                value: choice.value,
                label: choice.label,
            }));
            list.has_more = answer.next_cursor.is_some();
            let Some(cursor) = answer.next_cursor else { break };
            request
                .parameters
                .insert("cursor".to_owned(), Value::String(cursor));
        }
        Ok(list)
    }
}

/// A refusal that a choice may mend, with the actions that list the choices of what was given: where the platform did not
/// find it or did not take it, or the argument is no value of its kind.
pub(super) fn pointing(error: Error, scope: Scope<'_>, target: &Target, given: &Map<String, Value>) -> Error {
    let listing = |name: &str| -> Option<String> {
        let param = target.action.params().iter().find(|param| param.name == name)?;
        let options = param.options.as_ref().filter(|_| given.contains_key(name))?;
        let connector = target.connector.id.as_str();
        let seen = scope.policy().allows_action(connector, &options.action);
        seen.then(|| format!("`{}` lists what `{name}` may be", options.action))
    };
    match error {
        Error::Platform(mut problem)
            if matches!(problem.code, Code::PlatformNotFound | Code::PlatformInvalid) =>
        {
            let told = problem
                .details
                .get("hint")
                .and_then(Value::as_str)
                .map(str::to_owned);
            let listings = target
                .action
                .params()
                .iter()
                .filter_map(|param| listing(&param.name));
            let hint: Vec<String> = told.into_iter().chain(listings).collect();
            if !hint.is_empty() {
                problem = problem.with("hint", hint.join("; "));
            }
            Error::Platform(problem)
        }
        Error::Invalid(faults) => Error::Invalid(
            faults
                .into_iter()
                .map(|mut fault| {
                    let name = fault.field.strip_prefix("parameters.").unwrap_or_default();
                    if let Some(listing) = listing(name) {
                        fault.message = format!("{}; {listing}", fault.message);
                    }
                    fault
                })
                .collect(),
        ),
        other => other,
    }
}

impl ChoicesAsked {
    fn of(&self, action: &str, parameters: Map<String, Value>) -> Request {
        Request {
            connector: self.connector.clone(),
            action: action.to_owned(),
            parameters,
            credential: self.credential.clone(),
            credential_header: self.credential_header.clone(),
            timeout: None,
            ask: None,
            cut: None,
            notes: Vec::new(),
        }
    }
}

/// Where the choices of a parameter come from.
fn options<'t>(target: &'t Target, name: &str) -> Result<&'t Options> {
    let params = target.action.params();
    let with: Vec<String> = params
        .iter()
        .filter(|param| param.options.is_some())
        .map(|param| format!("`{}`", param.name))
        .collect();
    let known = if with.is_empty() {
        "none of this action's parameters has".to_owned()
    } else {
        format!("those that have are {}", with.join(", "))
    };
    let Some(param) = params.iter().find(|param| param.name == name) else {
        let name = crate::near::shown(name);
        let message = format!("`{name}` is no parameter of this action with a list of choices; {known}");
        return Err(Error::invalid("parameter", message));
    };
    param
        .options
        .as_deref()
        .ok_or_else(|| Error::invalid("parameter", format!("`{name}` has no list of choices; {known}")))
}
