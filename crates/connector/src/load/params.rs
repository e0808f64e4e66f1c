//! The parameters of an action.

use super::line::{self, BaseType, Line};
use super::names::{header_name, parameter_name};
use super::source::Item;
use crate::encoding::{ENCODINGS, Encoding};
use crate::options::Options;
use crate::param::{ListStyle, Param, Place, Wire};
use crate::pointer::Pointer;
use crate::schema::Check;
use crate::{BodyKind, Place as P};
use http::{HeaderName, Method};
use serde_json::{Map, Value, json};

pub(super) const LISTS: [(&str, ListStyle); 3] = [
    ("repeat", ListStyle::Repeat),
    ("comma", ListStyle::Comma),
    ("brackets", ListStyle::Brackets),
];

/// What decides where parameters go.
pub(super) struct Around<'a> {
    pub(super) method: &'a Method,
    pub(super) body: BodyKind,
    /// Whether the action's file goes by a session.
    pub(super) has_session: bool,
    /// Where a parameter goes that says nothing and is not in the path.
    pub(super) place: Place,
    pub(super) path_names: Vec<&'a str>,
    pub(super) list: ListStyle,
}

impl Around<'_> {
    /// A file that has a session goes there; where other parameters go into a header, a file and what is the whole body go
    /// into the body.
    fn of_its_own(&self, is_file: bool, is_whole: bool) -> Option<Place> {
        match (is_file, self.has_session) {
            (true, true) => Some(P::Session),
            _ => ((is_file || is_whole) && self.place == P::JsonHeader).then_some(P::Body),
        }
    }
}

/// What a parameter is, by its line or its schema.
struct Meaning {
    schema: Map<String, Value>,
    about: String,
    required: bool,
    default: Option<Value>,
    base: Option<BaseType>,
    array: bool,
}

impl Meaning {
    fn is_file(&self) -> bool {
        self.base == Some(BaseType::File)
    }
}

impl From<Line> for Meaning {
    fn from(line: Line) -> Self {
        Self {
            schema: line.schema,
            about: line.about,
            required: line.required,
            default: line.default,
            base: Some(line.base),
            array: line.array,
        }
    }
}

/// Reads one parameter, and first of all where it goes besides its own place; nothing where it cannot be made sense of, which is
/// a fault already.
pub(super) fn read(name: &str, item: &Item<'_>, around: &Around<'_>) -> Option<(Param, Vec<Param>)> {
    if !parameter_name(name) {
        item.fault("a parameter's name is 1 to 64 of A-Z, a-z, 0-9, `_`, `.` and `-`, a letter or `_` first");
    }
    if item.is_text() {
        let meaning: Meaning = item.parse(line::parse)?.into();
        let place = place(name, around.of_its_own(meaning.is_file(), false), item, around)?;
        return finish(
            name,
            item,
            meaning,
            Told {
                place,
                ..Told::plain(name, around)
            },
        )
        .map(|param| (param, Vec::new()));
    }
    let table = item.table()?;
    let meaning = meaning(item, &table);
    let stated = table.word(
        "in",
        &[
            ("path", P::Path),
            ("query", P::Query),
            ("header", P::Header),
            ("body", P::Body),
        ],
    );
    let names = table.find("as");
    let (wire, further) = names.as_ref().map(wire_names).unwrap_or_default();
    let is_file = meaning.as_ref().is_some_and(Meaning::is_file);
    let stated = stated.or_else(|| around.of_its_own(is_file, wire == Some(".")));
    let place = place(name, stated, item, around);
    let told = Told {
        place: place.unwrap_or(around.place),
        wire_name: wire.unwrap_or(name).to_owned(),
        list: table.word("list", &LISTS).unwrap_or(around.list),
        options: table
            .find("options")
            .and_then(|item| options(&item))
            .map(Box::new),
        sample: table.find("sample").map(|item| item.json()),
        encode: table.word("encode", &ENCODINGS),
        body: around.body,
    };
    table.finish();
    place?;
    let param = finish(name, item, meaning?, told)?;
    let further = further.into_iter();
    let copies = further.filter_map(|(place, wire_name)| copy(&param, item, (place, wire_name), around));
    Some((param.clone(), copies.collect()))
}

/// The platform's name at the parameter's own place, and the further places of a list: `query:name`, `header:Name`, `body:name`.
fn wire_names<'s>(item: &Item<'s>) -> (Option<&'s str>, Vec<(Place, &'s str)>) {
    if item.is_text() {
        return (item.text(), Vec::new());
    }
    let places = [
        ("query:", Place::Query),
        ("header:", Place::Header),
        ("body:", Place::Body),
    ];
    let (mut own, mut further) = (None, Vec::new());
    for item in item.list() {
        let Some(text) = item.text() else { continue };
        let elsewhere = places
            .iter()
            .find_map(|(word, place)| Some((*place, text.strip_prefix(word)?)));
        match elsewhere {
            Some((place, name)) => further.push((place, name)),
            None if own.is_some() => item.fault("is a second name at the parameter's own place"),
            None => own = Some(text),
        }
    }
    (own, further)
}

/// The same parameter at a further place.
fn copy(
    param: &Param,
    item: &Item<'_>,
    (place, wire_name): (Place, &str),
    around: &Around<'_>,
) -> Option<Param> {
    if place == Place::Body && *around.method == Method::GET {
        item.fault("is to go into the body, which a GET does not have");
    }
    let told = Told {
        place,
        wire_name: wire_name.to_owned(),
        ..Told::plain(&param.name, around)
    };
    Some(Param {
        place,
        wire: wire(item, &told)?,
        header: header(item, &told)?,
        wire_name: told.wire_name,
        ..param.clone()
    })
}

/// Notes which parameters others go inside of.
pub(super) fn note_larger(params: &mut [Param], copies: &mut [Param]) {
    let ways: Vec<(Place, Vec<String>)> = params
        .iter()
        .chain(copies.iter())
        .map(|param| {
            (
                param.place,
                param.wire.way().into_iter().map(str::to_owned).collect(),
            )
        })
        .collect();
    for param in params.iter_mut().chain(copies) {
        let own = param.wire.way();
        let is_inside = |way: &[String]| {
            way.len() > own.len() && own.iter().zip(way).all(|(one, other)| *one == other.as_str())
        };
        param.holds = ways
            .iter()
            .any(|(place, way)| *place == param.place && is_inside(way));
    }
}

/// What a parameter says besides its meaning.
struct Told {
    place: Place,
    wire_name: String,
    list: ListStyle,
    options: Option<Box<Options>>,
    sample: Option<Value>,
    encode: Option<Encoding>,
    body: BodyKind,
}

impl Told {
    fn plain(name: &str, around: &Around<'_>) -> Self {
        Self {
            place: around.place,
            wire_name: name.to_owned(),
            list: around.list,
            options: None,
            sample: None,
            encode: None,
            body: around.body,
        }
    }
}

/// Where choices come from: the action that lists them, or a table that says more.
fn options(item: &Item<'_>) -> Option<Options> {
    let table = if item.is_text() { None } else { Some(item.table()?) };
    let (action, value, label, arguments, (query, asks)) = match &table {
        None => (
            item.text()?.to_owned(),
            None,
            None,
            Value::Null,
            (None, Vec::new()),
        ),
        Some(table) => (
            table.needed("action"),
            table.parse("value", Pointer::parse),
            table.parse("label", Pointer::parse),
            table
                .find("arguments")
                .map(|item| item.json())
                .unwrap_or_default(),
            (table.text("query"), table.texts("asks")),
        ),
    };
    if let Some(table) = &table {
        table.finish();
        if !matches!(arguments, Value::Object(_) | Value::Null) {
            table.fault("has `arguments` that are no table");
        }
    }
    Some(Options {
        action,
        query,
        asks,
        arguments: arguments.as_object().cloned().unwrap_or_default(),
        value,
        label,
    })
}

fn meaning(item: &Item<'_>, table: &super::reader::Reader<'_>) -> Option<Meaning> {
    let (line, schema) = (table.find("line"), table.find("schema"));
    let pattern = table.find("pattern");
    let (required, default) = (table.find("required"), table.find("default"));
    match (line, schema) {
        (Some(line), None) => {
            for wrong in [required, default].into_iter().flatten() {
                wrong.fault("goes with `schema`; a line says it itself");
            }
            let mut meaning: Meaning = line.parse(line::parse)?.into();
            if let Some(pattern) = pattern {
                add_pattern(&mut meaning, &pattern)?;
            }
            Some(meaning)
        }
        (None, Some(schema)) => {
            if let Some(pattern) = pattern {
                pattern.fault("goes with `line`; a schema says it itself");
            }
            let required = required.and_then(|item| item.boolean()).unwrap_or(false);
            let default = default.map(|item| item.json());
            if required && default.is_some() {
                item.fault("is required and has a default: leave out one of them");
            }
            by_schema(&schema, required, default)
        }
        (Some(_), Some(_)) => {
            item.fault("has both `line` and `schema`: the two never mix");
            None
        }
        (None, None) => {
            item.fault("has neither `line` nor `schema`");
            None
        }
    }
}

fn add_pattern(meaning: &mut Meaning, pattern: &Item<'_>) -> Option<()> {
    if !matches!(meaning.base, Some(BaseType::Text)) {
        pattern.fault("is for texts and arrays of texts");
        return None;
    }
    let pattern = json!(pattern.text()?);
    let place = match meaning.schema.get_mut("items").and_then(Value::as_object_mut) {
        Some(items) => items,
        None => &mut meaning.schema,
    };
    place.insert("pattern".to_owned(), pattern);
    Some(())
}

fn by_schema(item: &Item<'_>, required: bool, default: Option<Value>) -> Option<Meaning> {
    let Value::Object(mut schema) = item.json() else {
        item.fault("must be a table: a JSON Schema");
        return None;
    };
    let about = schema.remove("description");
    let Some(about) = about
        .as_ref()
        .and_then(Value::as_str)
        .filter(|about| !about.trim().is_empty())
    else {
        item.fault("has no `description`");
        return None;
    };
    Some(Meaning {
        about: about.to_owned(),
        array: schema.get("type").is_some_and(|kind| kind == "array"),
        schema,
        required,
        default,
        base: None,
    })
}

fn place(name: &str, stated: Option<Place>, item: &Item<'_>, around: &Around<'_>) -> Option<Place> {
    let in_path = around.path_names.contains(&name);
    let place = match stated {
        Some(Place::Path) if !in_path => {
            item.fault(format!("is to go into the path, which has no `{{{name}}}`"));
            return None;
        }
        Some(stated) if in_path && stated != Place::Path => {
            item.fault(format!(
                "stands in the path as `{{{name}}}` and cannot go elsewhere"
            ));
            return None;
        }
        Some(stated) => stated,
        None if in_path => Place::Path,
        None => around.place,
    };
    if place == Place::Body && *around.method == Method::GET {
        item.fault("is to go into the body, which a GET does not have");
        return None;
    }
    Some(place)
}

fn finish(name: &str, item: &Item<'_>, meaning: Meaning, told: Told) -> Option<Param> {
    let mut schema = meaning.schema;
    let mut about = meaning.about;
    if let Some(options) = &told.options {
        about = format!("{about} (`{}` lists the choices)", options.action);
    }
    let bare = Check::new(Value::Object(schema.clone()));
    // What a plain line says is known to be a schema, and its default was checked as it was read.
    let plain = meaning.base.is_some_and(BaseType::is_plain) && !meaning.array;
    let custom = meaning.base.is_none() || has_pattern(&schema);
    if custom
        && item.source.is_checked()
        && let Err(error) = bare.compile()
    {
        item.fault(format!("its schema does not compile: {error}"));
        return None;
    }
    if let Some(default) = meaning.default.as_ref().filter(|_| custom || !plain) {
        refuse(item, &bare, "default", default);
    }
    if let Some(sample) = &told.sample {
        refuse(item, &bare, "sample", sample);
    }
    schema.insert("description".to_owned(), json!(about));
    if let Some(default) = &meaning.default {
        schema.insert("default".to_owned(), default.clone());
    }
    let file = meaning.base == Some(BaseType::File);
    let text = schema.get("type").is_some_and(|kind| kind == "string");
    if told.encode.is_some() && (!text || file || told.wire_name == ".") {
        item.fault("is not a text at a place of its own, which `encode` is for");
    }
    if told.place == Place::Path {
        path_rules(
            item,
            meaning.default.as_ref(),
            meaning.required,
            (meaning.base, meaning.array),
        );
    }
    Some(Param {
        name: name.to_owned(),
        about,
        place: told.place,
        wire: wire(item, &told)?,
        header: header(item, &told)?,
        wire_name: told.wire_name,
        required: meaning.required,
        check: bare,
        schema: Value::Object(schema),
        default: meaning.default,
        list: told.list,
        options: told.options,
        made: false,
        file,
        number: false,
        woven: false,
        holds: false,
        encode: told.encode,
        sample: told.sample,
    })
}

/// The header that a parameter goes into, where it goes into one.
#[expect(clippy::option_option, reason = "a fault is something else than no header")]
fn header(item: &Item<'_>, told: &Told) -> Option<Option<HeaderName>> {
    if told.place != Place::Header {
        return Some(None);
    }
    let name = header_name(&told.wire_name).map_err(|error| item.fault(error));
    name.ok().map(Some)
}

fn has_pattern(schema: &Map<String, Value>) -> bool {
    let inner = schema.get("items").and_then(Value::as_object).unwrap_or(schema);
    inner.contains_key("pattern")
}

fn refuse(item: &Item<'_>, check: &Check, what: &str, value: &Value) {
    if !item.source.is_checked() {
        return;
    }
    let mut faults = Vec::new();
    check.faults(value, what, &mut faults);
    for fault in faults {
        item.fault(format!("its {}: {}", fault.field, fault.message));
    }
}

fn path_rules(
    item: &Item<'_>,
    default: Option<&Value>,
    required: bool,
    (base, array): (Option<BaseType>, bool),
) {
    if !required && default.is_none() {
        item.fault("stands in the path, so it is required (`!`) or has a default");
    }
    if array || matches!(base, Some(BaseType::Object | BaseType::Any | BaseType::File)) {
        item.fault("stands in the path, so it is a text, a number or a boolean");
    }
}

fn wire(item: &Item<'_>, told: &Told) -> Option<Wire> {
    let name = told.wire_name.as_str();
    let inside_json = match told.place {
        Place::Body => matches!(told.body, BodyKind::Json | BodyKind::GraphQl),
        place => place == Place::JsonHeader,
    };
    match name {
        "." if told.place == Place::Body && matches!(told.body, BodyKind::Json | BodyKind::Raw) => {
            Some(Wire::Whole)
        }
        "." => {
            item.fault("`as = \".\"` is for bodies that are JSON or raw");
            None
        }
        _ if !name.starts_with('/') => Some(Wire::Name(name.to_owned())),
        _ if inside_json => Pointer::parse(name)
            .map(Wire::Inside)
            .map_err(|error| item.fault(error))
            .ok(),
        _ => {
            item.fault("`as` with a pointer is for bodies that are JSON");
            None
        }
    }
}
