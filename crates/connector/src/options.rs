//! Where the choices of a parameter come from: another action of the same file, which lists them.

use crate::action::Pick;
use crate::param::Param;
use crate::pointer::{Pointer, scalar_text};
use crate::{Action, Connector};
use serde_json::{Map, Value, json};

/// What a choice is known by where the file does not say: the first of these that an item has.
const LABELS: [&str; 12] = [
    "name",
    "title",
    "summary",
    "displayName",
    "display_name",
    "friendly_name",
    "full_name",
    "Name",
    "DisplayName",
    "label",
    "login",
    "email",
];

/// How many choices are asked for at a time, where the platform lets a caller say.
const AT_A_TIME: u64 = 100;

/// The action that lists the choices of a parameter, and how it is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// The action that lists the choices, a read of the same file.
    pub action: String,
    /// The listing's own parameter that searches, where it has one.
    pub query: Option<String>,
    /// Arguments of the listing that are always the same.
    pub arguments: Map<String, Value>,
    /// Parameters of the listing that whoever asks gives beside, since the using action has none of the name.
    pub asks: Vec<String>,
    pub(crate) value: Option<Pointer>,
    pub(crate) label: Option<Pointer>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What goes into the argument.
    pub value: String,
    /// What a person knows it by.
    pub label: Option<String>,
}

impl Options {
    /// The arguments of the listing for a call with the arguments `given`: the fixed ones, and those that the listing needs
    /// from the parameters of the same name. Texts become numbers where the listing takes those.
    pub fn arguments(&self, listing: &Action, given: &Map<String, Value>) -> Map<String, Value> {
        let mut arguments = self.arguments.clone();
        for param in self.shared(listing) {
            if let Some(value) = given.get(&param.name) {
                arguments.insert(param.name.clone(), as_taken(param, value));
            }
        }
        if let Some(size) = listing
            .size_param()
            .filter(|size| !arguments.contains_key(&size.name))
        {
            let most = size.schema.get("maximum").and_then(Value::as_u64);
            let asked = most.map_or(AT_A_TIME, |most| most.min(AT_A_TIME));
            if size.check.accepts(&json!(asked)) {
                arguments.insert(size.name.clone(), json!(asked));
            }
        }
        arguments
    }

    /// The listing's parameters that a call has to give.
    fn shared<'a>(&'a self, listing: &'a Action) -> impl Iterator<Item = &'a Param> {
        listing
            .params
            .iter()
            .filter(|param| param.required && !self.arguments.contains_key(&param.name))
    }

    /// Where the value stands in each item: as the file says, else `id`, else what the listing picks first.
    fn value(&self, listing: &Action) -> Pointer {
        let stated = || self.value.clone();
        let id = || Pointer::parse("/id").ok().filter(|id| listing.keeps(id));
        let first = || match listing.pick.first()? {
            Pick::Name(name) => Some(Pointer::default().beside(name)),
            Pick::Inside(pointer) => Some(pointer.clone()),
            Pick::Drawn(draw) => Some(Pointer::default().beside(&draw.name)),
        };
        stated().or_else(id).or_else(first).unwrap_or_default()
    }

    /// The choices in an answer of the listing: its items, or those of the first list in it. Items without a value are none.
    pub fn choices(&self, listing: &Action, answer: &Value) -> Vec<Choice> {
        let inside = || answer.as_object()?.values().find_map(Value::as_array);
        let items = answer.as_array().or_else(inside);
        let pointer = self.value(listing);
        items
            .into_iter()
            .flatten()
            .filter_map(|item| self.choice(&pointer, item))
            .collect()
    }

    fn choice(&self, pointer: &Pointer, item: &Value) -> Option<Choice> {
        if let Some(text) = scalar_text(item) {
            return Some(Choice {
                value: text.into_owned(),
                label: None,
            });
        }
        let value = scalar_text(pointer.find(item)?)?.into_owned();
        let found = match &self.label {
            Some(label) => label.find(item),
            None => LABELS
                .iter()
                .find_map(|name| item.get(name).filter(|found| scalar_text(found).is_some())),
        };
        let label = found
            .and_then(scalar_text)
            .filter(|label| *label != value)
            .map(std::borrow::Cow::into_owned);
        Some(Choice { value, label })
    }

    /// Where value and label are read from: two options with the same give the same choices of an answer.
    pub fn pointers(&self) -> String {
        format!("{:?} {:?}", self.value, self.label)
    }

    /// How the listing is asked, as the details of an action tell it: `{channel}` stands for the argument of that name.
    fn to_value(&self, listing: &Action) -> Value {
        let mut told = json!({ "actionId": self.action, "value": self.value(listing).to_string() });
        let mut parameters = self.arguments.clone();
        for param in self.shared(listing) {
            parameters.insert(param.name.clone(), json!(format!("{{{}}}", param.name)));
        }
        if let Some(map) = told.as_object_mut() {
            if !parameters.is_empty() {
                map.insert("parameters".to_owned(), Value::Object(parameters));
            }
            if let Some(query) = &self.query {
                map.insert("search".to_owned(), json!(query));
            }
        }
        told
    }
}

/// A value as the parameter takes it: what comes out of a URL is a text.
fn as_taken(param: &Param, value: &Value) -> Value {
    let read = value
        .as_str()
        .filter(|_| !param.check.accepts(value))
        .and_then(|text| serde_json::from_str(text).ok());
    read.filter(|read| param.check.accepts(read))
        .unwrap_or_else(|| value.clone())
}

impl Connector {
    /// [`Action::details`], with where the choices of its parameters come from: `options`, by parameter. Only listings that
    /// `sees` lets through are told of.
    pub fn details(&self, action: &Action, sees: impl Fn(&str) -> bool) -> Value {
        let mut details = action.details();
        let listed = action.params.iter().filter_map(|param| {
            let options = param.options.as_deref().filter(|options| sees(&options.action))?;
            Some((
                param.name.clone(),
                options.to_value(self.action(&options.action)?),
            ))
        });
        let options: Map<String, Value> = listed.collect();
        if let (Some(map), false) = (details.as_object_mut(), options.is_empty()) {
            map.insert("options".to_owned(), Value::Object(options));
        }
        details
    }
}

/// What is wrong with the options of an action's parameter, if its listing is there.
pub(crate) fn faults(
    connector: &Connector,
    action: &Action,
    param: &Param,
    options: &Options,
) -> Vec<String> {
    let name = &options.action;
    let Some(listing) = connector.action(name) else {
        return vec![format!(
            "has `options = \"{name}\"`, which is no action of this file"
        )];
    };
    let of = format!("takes the choices of `{}` from `{name}`", param.name);
    let mut faults = Vec::new();
    if listing.kind != crate::Kind::Read || listing.expects == crate::action::Expects::File {
        faults.push(format!("{of}, which has to be a read that answers a value"));
    }
    for (given, value) in &options.arguments {
        match listing.params.iter().find(|known| known.name == *given) {
            None => faults.push(format!("{of}, which has no parameter `{given}`")),
            Some(known) if !known.check.accepts(value) => {
                faults.push(format!("{of}, whose parameter `{given}` does not take {value}"));
            }
            Some(_) => {}
        }
    }
    for needed in options.shared(listing) {
        let given = action
            .params
            .iter()
            .any(|own| own.name == needed.name && own.name != param.name);
        if !given && !options.asks.contains(&needed.name) {
            faults.push(format!(
                "{of}, which needs `{}`: state it in `arguments`, have a parameter of that name, or name it in `asks`",
                needed.name
            ));
        }
    }
    for asked in &options.asks {
        if !options.shared(listing).any(|needed| needed.name == *asked) {
            faults.push(format!("{of}, which does not need the `{asked}` of `asks`"));
        }
    }
    if let Some(query) = &options.query {
        let known = listing.params.iter().find(|known| known.name == *query);
        if known.is_none_or(|known| known.schema.get("type").is_none_or(|kind| kind != "string")) {
            faults.push(format!(
                "{of}, which has no text parameter `{query}` to search by"
            ));
        }
    }
    if let Some(value) = options.value.as_ref().filter(|value| !listing.keeps(value)) {
        faults.push(format!(
            "{of}, whose `pick` leaves out `{value}`, which the values are read from"
        ));
    }
    faults
}
