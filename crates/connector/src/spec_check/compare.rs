//! One action against one operation.

use super::body::Inside;
use super::description::{Description, Operation, SpecParam, path_of};
use super::graphql;
use super::shape::{Document, Shape};
use super::source::{ApiDescription, Form};
use crate::action::{Action, BodyKind, CallPath, Idempotency};
use crate::connector::{Base, Connector};
use crate::param::{Param, Place, Wire};
use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use serde_json::{Value, json};

/// Schemas are compared so deep.
pub(super) const DEPTH: usize = 5;

/// What was found of one action.
pub(super) struct Found {
    /// Whether there was an operation to compare it with.
    pub(super) compared: bool,
    /// Key and sentence of each difference.
    pub(super) differences: Vec<(String, String)>,
}

/// Compares an action with the operation that `op`, its method and path, or its id names, in the first description that
/// has it; a GraphQL action with its document.
pub(super) fn action(connector: &Connector, action: &Action, descriptions: &[ApiDescription]) -> Found {
    for description in descriptions {
        let found = match &description.0 {
            Form::Paths(value) => by_path(connector, action, value),
            Form::GraphQl(schema) => by_document(connector, action, schema),
        };
        if let Some(differences) = found {
            return Found {
                compared: true,
                differences,
            };
        }
    }
    let what = match (&action.op, action.body) {
        (_, BodyKind::GraphQl) => "there is no GraphQL schema to compare its document with".to_owned(),
        (Some(op), _) => format!("the description has no operation `{op}`"),
        (None, _) => format!(
            "the description has neither {} {} nor an operation `{}`",
            action.method, action.path, action.id
        ),
    };
    Found {
        compared: false,
        differences: vec![("operation".to_owned(), what)],
    }
}

fn by_path(connector: &Connector, action: &Action, value: &Value) -> Option<Vec<(String, String)>> {
    if action.body == BodyKind::GraphQl {
        return None;
    }
    let description = Description::read(value)?;
    let operation = find(connector, action, &description)?;
    Some(compared(connector, action, &description, operation))
}

fn by_document(
    connector: &Connector,
    action: &Action,
    schema: &Valid<Schema>,
) -> Option<Vec<(String, String)>> {
    let read = graphql::read(schema, action)?;
    let mut differences = read.differences;
    let description = read.description.as_ref().and_then(Description::read);
    if let Some(description) = &description {
        let operations = description.operations.iter();
        differences.extend(operations.flat_map(|one| compared(connector, action, description, one)));
    }
    Some(differences)
}

fn compared(
    connector: &Connector,
    action: &Action,
    description: &Description<'_>,
    operation: &Operation<'_>,
) -> Vec<(String, String)> {
    let mut comparison = Comparison {
        action,
        operation,
        description,
        differences: Vec::new(),
    };
    comparison.call(connector);
    comparison.parameters(connector);
    comparison.scopes();
    comparison.differences
}

fn find<'d, 's>(
    connector: &Connector,
    action: &Action,
    description: &'d Description<'s>,
) -> Option<&'d Operation<'s>> {
    if let Some(op) = &action.op {
        return description.by_id(op);
    }
    let same_path = |operation: &&Operation<'_>| is_path(connector, action, operation);
    let mut same_call = description
        .operations
        .iter()
        .filter(|one| one.method == action.method.as_str())
        .filter(same_path);
    let first = same_call.next();
    // Several operations on one path and method: the id decides.
    let by_id = || description.by_id(&action.id);
    if same_call.next().is_some() {
        by_id().or(first)
    } else {
        first.or_else(by_id)
    }
}

fn is_path(connector: &Connector, action: &Action, operation: &Operation<'_>) -> bool {
    let own = nameless(path_of(&action.path));
    let full = match (&action.call, &connector.base) {
        (CallPath::Below(_), Base::Fixed(base)) => format!("{}{own}", path_of(base)),
        _ => own.clone(),
    };
    full == nameless(&operation.full_path)
        || own == nameless(operation.path)
        || operation.other_paths.iter().any(|other| full == nameless(other))
}

/// What a fixed value says, as the description takes it: in a URL a number and the text of it are the same, and so are a list
/// and its items with commas between them.
fn as_taken(value: Value, place: Place, theirs: &Shape<'_>) -> Vec<Value> {
    let types = theirs.implied_types().unwrap_or_default();
    match value
        .as_str()
        .filter(|_| place != Place::Body && !types.is_empty())
    {
        Some(_) if types.contains("string") => vec![value],
        Some(text) if types.contains("array") => text.split(',').map(Value::from).collect(),
        Some(text) => vec![serde_json::from_str(text).unwrap_or(value)],
        None => vec![value],
    }
}

/// The property that a name with brackets stands for: `created[gte]` is `gte` of `created` (`deepObject`).
fn in_brackets(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix(']')?
        .split_once('[')
        .filter(|(_, inner)| !inner.contains('['))
}

/// A path without the names in its braces.
fn nameless(path: &str) -> String {
    let mut parts = path.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("{}");
        text.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    text
}

/// The names in the braces of a path, in order.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| Some(part.split_once('}')?.0.trim_start_matches('+')))
}

/// A comparison under way.
pub(super) struct Comparison<'c, 's> {
    pub(super) action: &'c Action,
    pub(super) operation: &'c Operation<'s>,
    pub(super) description: &'c Description<'s>,
    differences: Vec<(String, String)>,
}

impl<'c, 's> Comparison<'c, 's> {
    /// Notes a difference; the first of a key tells it.
    pub(super) fn differ(&mut self, key: String, what: String) {
        if !self.differences.iter().any(|(known, _)| *known == key) {
            self.differences.push((key, what));
        }
    }

    fn call(&mut self, connector: &Connector) {
        let Self {
            action, operation, ..
        } = *self;
        if operation.method != action.method.as_str() {
            let what = format!(
                "is called with {}, the description says {}",
                action.method, operation.method
            );
            self.differ("method".to_owned(), what);
        }
        if !is_path(connector, action, operation) {
            self.differ(
                "path".to_owned(),
                format!("goes to {}, the description says {}", action.path, operation.path),
            );
        }
        if let Some(id) = operation
            .id
            .filter(|id| *id != action.id && action.op.as_deref() != Some(*id))
        {
            self.differ("id".to_owned(), format!("the description calls it `{id}`"));
        }
        if operation.deprecated && action.deprecated.is_none() {
            self.differ(
                "deprecated".to_owned(),
                "the description says that it is deprecated".to_owned(),
            );
        }
    }

    fn scopes(&mut self) {
        let Self {
            action, operation, ..
        } = *self;
        for scope in &action.scopes {
            if !operation.scopes.is_empty() && !operation.scopes.contains(&scope.as_str()) {
                let known = operation.scopes.join("`, `");
                let what = format!("asks for the scope `{scope}`, the description for one of `{known}`");
                self.differ(format!("scope.{scope}"), what);
            }
        }
    }

    fn parameters(&mut self, connector: &Connector) {
        let Self {
            action,
            operation,
            description,
            ..
        } = *self;
        let schema = match &action.json_header {
            Some(name) => operation.json_header(name.as_str()),
            None => operation.body(action.body),
        };
        let body = schema.map(|schema| description.document.shape(schema));
        for param in action.sent().filter(|param| {
            !matches!(param.place, Place::Cursor | Place::Session) && param.wire != Wire::Whole
        }) {
            self.known(param, body.as_ref());
        }
        self.fixed(body.as_ref());
        for param in operation.params.iter().filter(|param| param.required) {
            if !self.is_sent(connector, param) && !description.is_credential(param) {
                let what = format!(
                    "the description needs `{}`, which may be left out here",
                    param.name
                );
                self.differ(format!("required.{}", param.name), what);
            }
        }
        let whole = action.params.iter().any(|param| param.wire == Wire::Whole);
        let named = action.json_header.is_some() || !whole && action.body != BodyKind::Raw;
        if let Some(body) = body.filter(|_| named) {
            self.needed(&body, &[], DEPTH);
        }
    }

    /// Finds what the description says of one of our parameters, and compares.
    fn known(&mut self, param: &Param, body: Option<&Shape<'s>>) {
        let name = param.wire_name.trim_start_matches('/').replace('/', ".");
        if let Some(theirs) = self.counterpart(param) {
            self.same_place(&name, param.place, theirs.place);
            let shape = self.description.document.shape(theirs.schema);
            return self.fits(param, &name, &shape);
        }
        let found = match self.property(&param.wire_name, param.place) {
            Some(shape) => Inside::Found(shape),
            None => self.inside(param.place, &self.way(&param.wire_name), body),
        };
        match found {
            Inside::Found(shape) => self.fits(param, &name, &shape),
            Inside::Free => {}
            Inside::Unknown => {
                self.differ(
                    format!("unknown.{name}"),
                    format!("the description does not know `{name}`"),
                );
            }
        }
    }

    /// Fixed values must be known too, and be among those that are taken.
    fn fixed(&mut self, body: Option<&Shape<'s>>) {
        let action = self.action;
        let constants = action
            .fixed
            .iter()
            .map(|(name, value)| (name, action.fixed_place, value.clone()));
        let queries = action
            .query
            .iter()
            .map(|(name, value)| (name, Place::Query, json!(value)));
        // What a text comes to, calls decide; that it is one is sure.
        let texts = action
            .texts
            .iter()
            .map(|(name, _)| (name, action.fixed_place, json!("")));
        for (name, place, value) in constants.chain(queries).chain(texts) {
            let found = match self.by_name(name, place) {
                Some(theirs) => {
                    self.same_place(name, place, theirs.place);
                    Inside::Found(self.description.document.shape(theirs.schema))
                }
                None => self.inside(place, &self.way(name), body),
            };
            match found {
                Inside::Found(theirs) => {
                    let schema = json!({ "enum": as_taken(value, place, &theirs) });
                    let document = Document(&schema);
                    self.fit(
                        name,
                        (document, &document.shape(&schema)),
                        &theirs,
                        (place != self.json_place(), DEPTH),
                    );
                }
                Inside::Free => {}
                Inside::Unknown => {
                    self.differ(
                        format!("unknown.{name}"),
                        format!("the description does not know `{name}`"),
                    );
                }
            }
        }
    }

    /// The description's parameter for one of ours: in the path by position, elsewhere by name.
    fn counterpart(&self, param: &Param) -> Option<&'c SpecParam<'s>> {
        if param.place == Place::Path {
            let at = names(&self.action.path).position(|name| name == param.name)?;
            // By another of its paths a call may name more of them; the last one of the first path holds all of these.
            let name = names(self.operation.path)
                .nth(at)
                .or_else(|| names(self.operation.path).last())?;
            return self.by_name(name, Place::Path);
        }
        self.by_name(&param.wire_name, param.place)
    }

    fn by_name(&self, name: &str, place: Place) -> Option<&'c SpecParam<'s>> {
        let operation = self.operation;
        let same = |param: &&SpecParam<'_>| match param.place {
            Place::Header => param.name.eq_ignore_ascii_case(name),
            _ => param.name == name,
        };
        let mut named = operation.params.iter().filter(same);
        named
            .clone()
            .find(|param| param.place == place)
            .or_else(|| named.next())
    }

    /// What the description says of a field of one of its parameters that is an object.
    fn property(&self, name: &str, place: Place) -> Option<Shape<'s>> {
        let (object, field) = in_brackets(name)?;
        let theirs = self
            .by_name(object, place)
            .filter(|theirs| theirs.place == place)?;
        let document = self.description.document;
        let shape = document.shape(theirs.schema);
        Some(document.any(shape.properties.get(field)?))
    }

    /// Where the method is another one, what would go into the query goes into the body: no further difference.
    fn same_place(&mut self, name: &str, ours: Place, theirs: Place) {
        let moved = self.operation.method != self.action.method.as_str();
        let movable = |place| matches!(place, Place::Query | Place::Body);
        if ours != theirs && !(moved && movable(ours) && movable(theirs)) {
            let (ours, theirs) = (ours.as_str(), theirs.as_str());
            self.differ(
                format!("in.{name}"),
                format!("`{name}` goes into the {ours}, the description says {theirs}"),
            );
        }
    }

    /// Whether a call always sends this parameter of the description.
    fn is_sent(&self, connector: &Connector, theirs: &SpecParam<'_>) -> bool {
        let action = self.action;
        // A path that is the same as a whole has something for each of its names: an argument or a variable.
        if theirs.place == Place::Path && is_path(connector, action, self.operation) {
            return true;
        }
        let is_it = |found: Option<&SpecParam<'_>>| {
            found.is_some_and(|found| found.name == theirs.name && found.place == theirs.place)
        };
        let mut sure = action
            .sent()
            .filter(|param| param.required || param.default.is_some());
        let mut headers = connector.headers.iter().chain(&action.headers);
        let is_header = |name: &str| theirs.place == Place::Header && theirs.name.eq_ignore_ascii_case(name);
        sure.any(|param| is_it(self.counterpart(param)))
            || action
                .fixed
                .keys()
                .any(|name| is_it(self.by_name(name, action.fixed_place)))
            || action
                .query
                .iter()
                .any(|(name, _)| is_it(self.by_name(name, Place::Query)))
            || action
                .texts
                .iter()
                .any(|(name, _)| is_it(self.by_name(name, action.fixed_place)))
            || headers.any(|header| is_header(header.name().as_str()))
            || matches!(&action.idempotency, Some(Idempotency::Query(name)) if is_it(self.by_name(name, Place::Query)))
            || action
                .json_header
                .as_ref()
                .is_some_and(|name| is_header(name.as_str()))
            || ["accept", "content-type"].into_iter().any(is_header)
    }
}
