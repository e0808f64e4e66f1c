//! What a model is told of a list that is too long: how to ask for less, in the action's own parameters.

use super::Facts;
use serde_json::{Map, Value};

/// Suggestions that are given, the most useful first.
const MOST: usize = 8;
/// Characters of a parameter's description that are repeated.
const ABOUT: usize = 120;
/// The size of a page that is suggested: one that is shown whole.
const SIZE: u64 = 20;
/// Values of an enum that are repeated.
const CHOICES: usize = 12;

/// What a parameter can do for a list that is too long, the most useful first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Size,
    Search,
    Choice,
    Time,
    Page,
}

struct Parameter<'a> {
    name: &'a str,
    schema: &'a Value,
    purpose: Use,
}

/// The answer in place of a list of `count` items, of which `samples` are left.
pub(super) fn refine(
    samples: Vec<Value>,
    count: usize,
    metadata: Map<String, Value>,
    facts: &Facts<'_>,
) -> Value {
    let parameters = useful(facts.input_schema);
    let (connector, action) = (facts.connector, facts.action);
    let message = format!(
        "`{action}` of `{connector}` answered with {count} items, which is too many to show. Below are {} of them as \
         samples.",
        samples.len(),
    );
    // Field by field, so that the samples are moved and not copied.
    let mut answer = Map::new();
    answer.insert("needsRefinement".into(), true.into());
    answer.insert("message".into(), message.into());
    answer.insert("guidance".into(), guidance(action, &parameters).into());
    answer.insert("suggestions".into(), suggestions(connector, &parameters).into());
    answer.insert(
        "searchInstructions".into(),
        search_instructions(connector, &parameters).into(),
    );
    answer.insert("samples".into(), Value::Array(samples));
    answer.insert("metadata".into(), Value::Object(metadata));
    Value::Object(answer)
}

fn guidance(action: &str, parameters: &[Parameter<'_>]) -> String {
    if parameters.is_empty() {
        format!(
            "`{action}` has no parameter that makes its answer shorter. Choose another action that gets or finds what you need."
        )
    } else {
        format!(
            "Run `{action}` again with parameters that make its answer shorter. Nothing was changed by this call."
        )
    }
}

fn suggestions(connector: &str, parameters: &[Parameter<'_>]) -> Vec<String> {
    let mut suggestions: Vec<String> = parameters.iter().take(MOST).map(Parameter::suggest).collect();
    if suggestions.is_empty() {
        suggestions.push(format!(
            "Look for an action of `{connector}` that gets one item by its id, or that searches, with discover_action_path_alloy."
        ));
    }
    suggestions
}

fn search_instructions(connector: &str, parameters: &[Parameter<'_>]) -> String {
    let names: Vec<String> = parameters
        .iter()
        .filter(|parameter| parameter.purpose == Use::Search)
        .take(MOST)
        .map(|parameter| format!("`{}`", parameter.name))
        .collect();
    if names.is_empty() {
        format!(
            "This action does not search. Ask discover_action_path_alloy for an action of `{connector}` that does."
        )
    } else {
        format!("To find particular items, set {}.", names.join(" or "))
    }
}

fn useful(schema: &Value) -> Vec<Parameter<'_>> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut parameters: Vec<Parameter<'_>> = properties
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| {
            let purpose = purpose(name, schema)?;
            Some(Parameter {
                name,
                schema,
                purpose,
            })
        })
        .collect();
    // Stable: parameters of one use keep the order of the connector's file.
    parameters.sort_by_key(|parameter| parameter.purpose);
    parameters
}

const SIZES: [&str; 14] = [
    "limit",
    "perpage",
    "pagesize",
    "pagelen",
    "count",
    "size",
    "maxresults",
    "maxitems",
    "first",
    "top",
    "take",
    "rows",
    "num",
    "resultsperpage",
];
const SEARCHES: [&str; 17] = [
    "query",
    "q",
    "search",
    "searchquery",
    "searchterm",
    "term",
    "keyword",
    "keywords",
    "filter",
    "filters",
    "filtergroups",
    "where",
    "jql",
    "cql",
    "soql",
    "name",
    "email",
];
const TIMES: [&str; 10] = [
    "since", "until", "after", "before", "oldest", "latest", "from", "to", "start", "end",
];
const PAGES: [&str; 8] = [
    "cursor",
    "page",
    "offset",
    "startcursor",
    "startingafter",
    "pagetoken",
    "startat",
    "skip",
];

/// What a parameter is for, by its name as most platforms choose it, then by its type.
fn purpose(name: &str, schema: &Value) -> Option<Use> {
    let plain: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let named = |names: &[&str]| names.contains(&plain.as_str());
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let is_type = |kind| schema.get("type").is_some_and(|found| found == kind);
    if named(&SIZES) && is_type("integer") {
        Some(Use::Size)
    } else if named(&PAGES) {
        Some(Use::Page)
    } else if named(&SEARCHES) {
        Some(Use::Search)
    } else if named(&TIMES) || matches!(format, "date" | "date-time") {
        Some(Use::Time)
    } else if schema.get("enum").is_some_and(Value::is_array)
        && !plain.contains("sort")
        && !named(&["direction", "order", "orderby"])
    {
        Some(Use::Choice)
    } else {
        None
    }
}

impl Parameter<'_> {
    fn suggest(&self) -> String {
        let name = self.name;
        match self.purpose {
            Use::Size => {
                let bound = |name| self.schema.get(name).and_then(Value::as_u64);
                let size = bound("maximum")
                    .unwrap_or(SIZE)
                    .min(SIZE)
                    .max(bound("minimum").unwrap_or(1));
                format!("Set `{name}` to {size} for shorter pages.")
            }
            Use::Search => format!("Narrow the list with `{name}`{}", self.about()),
            Use::Choice => format!("Choose a `{name}`: {}.", self.choices()),
            Use::Time => format!("Narrow the time with `{name}`{}", self.about()),
            Use::Page => format!("Go through shorter pages with `{name}`{}", self.about()),
        }
    }

    /// The first sentence of the description, within bounds.
    fn about(&self) -> String {
        let about = self
            .schema
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let sentence = about.split(". ").next().unwrap_or_default().trim_end_matches('.');
        match sentence.char_indices().nth(ABOUT) {
            _ if sentence.is_empty() => ".".to_owned(),
            Some((end, _)) => format!(": {}…", sentence.get(..end).unwrap_or_default()),
            None => format!(": {sentence}."),
        }
    }

    fn choices(&self) -> String {
        let choices = self
            .schema
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let texts: Vec<String> = choices
            .take(CHOICES)
            .map(|choice| format!("`{}`", choice.as_str().unwrap_or_default()))
            .collect();
        texts.join(", ")
    }
}
