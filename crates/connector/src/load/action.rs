//! `[[action]]`.

use super::base::header;
use super::call::{self, Call};
use super::head::{Known, timeout};
use super::names::{action_id, header_name};
use super::params::{self, Around};
use super::reader::Reader;
use super::rules::{self, PagingTable};
use super::source::Item;
use super::texts;
use crate::action::{Action, BodyKind, Expects, Kind, object_schema};
use crate::connector::Header;
use crate::param::Param;
use crate::pointer::Pointer;
use crate::request::encode;
use crate::settle::PageLimit;
use crate::{Connector, Place};
use http::header::ACCEPT;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};
use solder_model::{Limit, parse_duration};
use std::ops::Range;
use std::time::Duration;

/// Reads every action; with each, where it stands.
pub(super) fn read_all(
    root: &Reader<'_>,
    connector: &Connector,
    known: &Known,
) -> Vec<(Action, Range<usize>)> {
    let list = rules::list_style(root);
    let named = root.entries_of("paging").into_iter();
    let pagings: Vec<(String, PagingTable)> = named
        .filter_map(|(name, item)| Some((name, rules::paging(&item.table()?)?)))
        .collect();
    let items = root.get("action").map(|item| item.list()).unwrap_or_default();
    let around = Whole {
        connector,
        known,
        list,
        pagings: &pagings,
    };
    items
        .iter()
        .filter_map(|item| Some((read(item, &around)?, item.span.clone())))
        .collect()
}

/// What an action needs to know of its file.
struct Whole<'a> {
    connector: &'a Connector,
    known: &'a Known,
    list: crate::ListStyle,
    pagings: &'a [(String, PagingTable)],
}

fn read(item: &Item<'_>, whole: &Whole<'_>) -> Option<Action> {
    let mut table = item.table()?;
    let name = table
        .get("name")
        .and_then(|item| item.text().map(|text| (item, text)));
    if let Some((item, name)) = &name {
        table.path = format!("action[{name}]");
        if !action_id(name) {
            item.fault("an action's id is 1 to 100 of A-Z, a-z, 0-9, `.`, `_`, `/`, `:` and `-`, a letter or digit first");
        }
    }
    let call = table
        .get("call")
        .and_then(|item| call::read(&item, whole.connector, whole.known));
    let kinds = [
        ("read", Kind::Read),
        ("write", Kind::Write),
        ("destructive", Kind::Destructive),
    ];
    let kind = table.get("kind").and_then(|_| table.word("kind", &kinds));
    let body_stated = table.has("body");
    let body = body(&table);
    let json_header = table.parse("json_header", header_name);
    let shell = call.map(|call| {
        let place = match call.method {
            _ if json_header.is_some() => Place::JsonHeader,
            Method::GET => Place::Query,
            Method::DELETE if !body_stated => Place::Query,
            _ => Place::Body,
        };
        let params = read_params(&table, &call, whole, (body, place));
        (call, place, params)
    });
    let Some((call, place, (mut parameters, copies))) = shell else {
        touch(&table, whole);
        table.finish();
        return None;
    };
    let paged = call::paging(&table, whole.pagings);
    if let Some(paged) = &paged {
        call::add_cursor(&table, paged, place, &mut parameters);
    }
    let texts = texts::read(&table, paged.as_ref(), &mut parameters);
    let action = finish(
        &table,
        whole,
        Parts {
            name: name.map(|(_, name)| name.to_owned())?,
            call,
            kind,
            body,
            json_header,
            place,
            parameters,
            copies,
            texts,
            paged,
        },
    );
    table.finish();
    Some(action)
}

/// Reads what would be read of an action whose call is known, so that its faults are told beside the call's.
fn touch(table: &Reader<'_>, whole: &Whole<'_>) {
    let spoilt = Call {
        method: Method::POST,
        path: String::new(),
        made: crate::action::CallPath::Below(crate::template::Template::default()),
    };
    let parts = Parts {
        name: String::new(),
        call: spoilt,
        kind: None,
        body: BodyKind::Json,
        json_header: None,
        place: Place::Body,
        parameters: Vec::new(),
        copies: Vec::new(),
        texts: texts::read(table, None, &mut Vec::new()),
        paged: call::paging(table, whole.pagings),
    };
    table.find("params");
    finish(table, whole, parts);
}

/// How arrays and objects go into a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FormStyle {
    Brackets,
    Repeat,
}

/// What was read of an action so far.
struct Parts {
    name: String,
    call: Call,
    kind: Option<Kind>,
    body: BodyKind,
    json_header: Option<HeaderName>,
    place: Place,
    parameters: Vec<Param>,
    copies: Vec<Param>,
    texts: Vec<(String, crate::template::Template)>,
    paged: Option<PagingTable>,
}

fn body(table: &Reader<'_>) -> BodyKind {
    let kinds = [
        ("json", BodyKind::Json),
        ("form", BodyKind::Form),
        ("multipart", BodyKind::Multipart),
        ("raw", BodyKind::Raw),
        ("graphql", BodyKind::GraphQl),
    ];
    table.word("body", &kinds).unwrap_or(BodyKind::Json)
}

fn read_params(
    table: &Reader<'_>,
    call: &Call,
    whole: &Whole<'_>,
    (body, place): (BodyKind, Place),
) -> (Vec<Param>, Vec<Param>) {
    let around = Around {
        method: &call.method,
        body,
        has_session: table.has("upload"),
        place,
        path_names: call.names(),
        list: whole.list,
    };
    let entries = table.entries_of("params").into_iter();
    let read = entries.filter_map(|(name, item)| params::read(&name, &item, &around));
    let (mut own, further): (Vec<_>, Vec<_>) = read.unzip();
    let mut copies: Vec<Param> = further.into_iter().flatten().collect();
    params::note_larger(&mut own, &mut copies);
    (own, copies)
}

fn finish(table: &Reader<'_>, whole: &Whole<'_>, parts: Parts) -> Action {
    let fixed = table.find("const").map(|item| item.json()).unwrap_or_default();
    let fixed = fixed.as_object().cloned().unwrap_or_default();
    let query = table.pairs("query");
    let headers = table.entries_of("headers").into_iter();
    let graphql = table.text("graphql");
    let sample = table.find("sample");
    let expects = expects(table);
    let upload = table.find("upload");
    let upload = upload.and_then(|item| super::upload::read(&item, whole.connector, whole.known));
    let styles = [("brackets", FormStyle::Brackets), ("repeat", FormStyle::Repeat)];
    let form_style = table.word("form_style", &styles);
    let has_body = parts.place == Place::Body && !(fixed.is_empty() && parts.texts.is_empty())
        || parts
            .parameters
            .iter()
            .chain(&parts.copies)
            .any(|param| param.place == Place::Body)
        || parts.body == BodyKind::GraphQl
        || (table.has("body") && parts.body != BodyKind::Raw);
    let action = Action {
        title: table.needed("title"),
        about: table.needed("about"),
        resource: table.needed("resource"),
        kind: parts.kind.unwrap_or(Kind::Write),
        method: parts.call.method,
        path: parts.call.path,
        input_schema: object_schema(parts.parameters.iter()),
        sample: Value::Null,
        scopes: table.texts("scopes"),
        identity: table.text("as"),
        needs_credential: needs_credential(table, whole),
        timeout: timeout(table),
        rate: table.parse("rate", str::parse::<Limit>),
        cache: table.parse("cache", parse_duration),
        paged: parts.paged.is_some(),
        keyed: table.has("idempotency"),
        off: table.boolean("off").unwrap_or(false),
        deprecated: table.text("deprecated"),
        synonyms: table.texts("synonyms"),
        op: table.text("op"),
        allow: table.pairs("allow"),
        body: parts.body,
        encoded_query: encoded(&query, &fixed, parts.place),
        fixed,
        query,
        id: parts.name,
        params: parts.parameters,
        copies: parts.copies,
        texts: parts.texts,
        call: parts.call.made,
        headers: own_headers(
            headers
                .filter_map(|(name, item)| header(&name, &item, whole.known))
                .collect(),
            expects,
        ),
        fixed_place: parts.place,
        has_body,
        brackets: form_style == Some(FormStyle::Brackets),
        repeats: form_style == Some(FormStyle::Repeat),
        graphql: graphql.as_deref().and_then(graphql_prefix),
        wrap: table.text("wrap"),
        json_header: parts.json_header,
        result: table.parse("result", Pointer::parse),
        pick: super::picks::read(table),
        expects,
        paging: parts.paged.map(|paged| paged.paging),
        idempotency: table.parse("idempotency", call::idempotency),
        upload,
        limit: None,
    };
    let action = with_limit(with_start(action));
    super::lint::action(table, &action, whole.known);
    with_sample(action, table, sample.as_ref())
}

/// An action that nobody is offered: a call with parameters of these names, which are taken as they are.
pub(super) fn blank<'n>(
    call: Call,
    body: BodyKind,
    place: Place,
    names: impl Iterator<Item = &'n str>,
) -> Action {
    let params: Vec<Param> = names.map(|name| call::made(place, name)).collect();
    Action {
        id: String::new(),
        title: String::new(),
        about: String::new(),
        resource: String::new(),
        kind: Kind::Write,
        method: call.method,
        path: call.path,
        input_schema: Value::Null,
        sample: Value::Null,
        scopes: Vec::new(),
        identity: None,
        needs_credential: true,
        timeout: None,
        rate: None,
        cache: None,
        paged: false,
        keyed: false,
        off: false,
        deprecated: None,
        synonyms: Vec::new(),
        op: None,
        allow: Vec::new(),
        body,
        fixed: Map::new(),
        texts: Vec::new(),
        query: Vec::new(),
        has_body: place == Place::Body,
        params,
        copies: Vec::new(),
        call: call.made,
        headers: Vec::new(),
        encoded_query: String::new(),
        fixed_place: place,
        brackets: false,
        repeats: false,
        graphql: None,
        wrap: None,
        json_header: None,
        result: None,
        pick: Vec::new(),
        expects: Expects::MaybeNothing,
        paging: None,
        idempotency: None,
        upload: None,
        limit: None,
    }
}

/// The call before an action's own acts as that one does.
fn with_start(mut action: Action) -> Action {
    if let Some(start) = action.upload.as_mut().and_then(|upload| upload.start.as_mut()) {
        start.action.needs_credential = action.needs_credential;
        start.action.identity.clone_from(&action.identity);
    }
    action
}

/// Gives a paged action the argument `limit`, where it does not have its own.
fn with_limit(mut action: Action) -> Action {
    action.limit = action.page_limit();
    if let Some(schema) = action.limit_schema()
        && let Some(properties) = action
            .input_schema
            .get_mut("properties")
            .and_then(Value::as_object_mut)
    {
        properties.insert("limit".to_owned(), schema);
    }
    if action.limit == Some(PageLimit::Cut) {
        // A cursor may stand for a place inside a page, which is no number.
        let schemas = action.input_schema.pointer_mut("/properties/cursor").into_iter();
        let cursor = action
            .params
            .iter_mut()
            .find(|param| param.name == "cursor" && param.made);
        for schema in schemas.chain(cursor.map(|param| &mut param.schema)) {
            schema
                .as_object_mut()
                .and_then(|schema| schema.shift_remove("pattern"));
        }
    }
    action
}

/// The headers of an action; one that gives a file takes every type unless it says otherwise.
fn own_headers(mut headers: Vec<Header>, expects: Expects) -> Vec<Header> {
    if expects == Expects::File && !headers.iter().any(|header| header.name() == ACCEPT) {
        headers.push(Header::Fixed(ACCEPT, HeaderValue::from_static("*/*")));
    }
    headers
}

fn expects(table: &Reader<'_>) -> Expects {
    let words = [
        ("ok", Expects::MaybeNothing),
        ("not_found", Expects::Something),
        ("list", Expects::List),
    ];
    let empty = table.word("empty", &words);
    if table.boolean("download").unwrap_or(false) {
        return Expects::File;
    }
    empty.unwrap_or(Expects::Value)
}

fn needs_credential(table: &Reader<'_>, whole: &Whole<'_>) -> bool {
    if let Some(item) = table.find("auth") {
        if item.boolean() == Some(true) {
            item.fault("is `false` or left out");
        }
        return false;
    }
    !whole.connector.auth.is_empty()
}

/// The fixed part of the query, encoded once.
fn encoded(query: &[(String, String)], fixed: &Map<String, Value>, place: Place) -> String {
    let mut text = String::new();
    for (name, value) in query {
        encode::pair(&mut text, name, value);
    }
    if place == Place::Query {
        for (name, value) in fixed {
            encode::query_value(&mut text, name, value, crate::ListStyle::Repeat);
        }
    }
    text
}

/// `{"query":"…","variables":`, to which the variables and a brace are added.
fn graphql_prefix(query: &str) -> Option<Box<[u8]>> {
    let text = serde_json::to_string(query).ok()?;
    Some(
        format!("{{\"query\":{text},\"variables\":")
            .into_bytes()
            .into_boxed_slice(),
    )
}

/// Gives an action its sample: the stated one, which is checked, or one that is made of the required parameters.
fn with_sample(mut action: Action, table: &Reader<'_>, stated: Option<&Item<'_>>) -> Action {
    if let Some(item) = stated {
        let value = item.json();
        match value.as_object() {
            Some(arguments) if table.source.is_checked() => {
                for fault in action.validate(arguments).err().unwrap_or_default() {
                    item.fault(format!("{}: {}", fault.field, fault.message));
                }
            }
            Some(_) => {}
            None => item.fault("must be a table of arguments"),
        }
        action.sample = value;
        return action;
    }
    let mut sample = Map::new();
    for param in action.params.iter().filter(|param| param.required) {
        let value = param
            .sample
            .clone()
            .unwrap_or_else(|| param.check.sample(&param.name));
        // Only what a pattern or a schema of the author's own says can make a made value wrong.
        let doubtful = table.source.is_checked()
            && param.sample.is_none()
            && !param.file
            && param.schema.to_string().contains("\"pattern\"");
        if doubtful && !param.check.accepts(&value) {
            let field = table.path_of(&format!("params.{}", param.name));
            table.source.fault(
                &table.span,
                &field,
                "needs a `sample`: none can be made that fits its pattern",
            );
        }
        sample.insert(param.name.clone(), value);
    }
    action.sample = Value::Object(sample);
    action
}

/// The longest time that an answer may be used again.
pub(super) const LONGEST_CACHE: Duration = Duration::from_hours(1);
