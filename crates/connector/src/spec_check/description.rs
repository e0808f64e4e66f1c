//! A vendor's description, `OpenAPI` 3.x or Swagger 2.0, read as far as requests go.

use super::shape::Document;
use crate::BodyKind;
use crate::Place;
use serde_json::Value;

/// One operation of a description.
#[derive(Debug)]
pub(super) struct Operation<'s> {
    pub(super) id: Option<&'s str>,
    /// Upper case.
    pub(super) method: String,
    /// As it stands, without a fragment or query.
    pub(super) path: &'s str,
    /// The same with the path of the server in front.
    pub(super) full_path: String,
    /// Further paths that lead to it, with the path of the server in front.
    pub(super) other_paths: Vec<&'s str>,
    pub(super) params: Vec<SpecParam<'s>>,
    /// The schemas of its body by media type; fields of a Swagger form are among `params`.
    bodies: Vec<(&'s str, &'s Value)>,
    /// Every scope that one of its security requirements names.
    pub(super) scopes: Vec<&'s str>,
    pub(super) deprecated: bool,
}

/// A parameter of an operation.
#[derive(Debug)]
pub(super) struct SpecParam<'s> {
    pub(super) name: &'s str,
    pub(super) place: Place,
    pub(super) required: bool,
    pub(super) schema: &'s Value,
}

/// A description whose operations can be looked up.
#[derive(Debug)]
pub(super) struct Description<'s> {
    pub(super) document: Document<'s>,
    pub(super) operations: Vec<Operation<'s>>,
}

/// Where an operation keeps [`Operation::other_paths`]: `OpenAPI` has no word for it.
pub(super) const OTHER_PATHS: &str = "x-other-paths";

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

impl<'s> Description<'s> {
    /// Reads every operation; nothing where it is no description of a kind that is known.
    pub(super) fn read(spec: &'s Value) -> Option<Self> {
        let version = spec.get("openapi").or_else(|| spec.get("swagger"))?.as_str()?;
        if !(version.starts_with("3.") || version == "2.0") {
            return None;
        }
        let document = Document(spec);
        let mut operations = Vec::new();
        for (path, item) in spec.get("paths")?.as_object()? {
            let item = document.resolve(item);
            for (method, operation) in item.as_object().into_iter().flatten() {
                if METHODS.contains(&method.as_str()) {
                    operations.push(read_operation(document, (path, item), (method, operation)));
                }
            }
        }
        Some(Self { document, operations })
    }

    /// The operation with this id.
    pub(super) fn by_id(&self, id: &str) -> Option<&Operation<'s>> {
        self.operations.iter().find(|operation| operation.id == Some(id))
    }

    /// Whether a parameter is the vendor's way to send the credential, which a connector's auth sends.
    pub(super) fn is_credential(&self, param: &SpecParam<'_>) -> bool {
        if param.place == Place::Header && param.name.eq_ignore_ascii_case("authorization") {
            return true;
        }
        let root = self.document.0;
        let schemes = root
            .pointer("/components/securitySchemes")
            .or_else(|| root.get("securityDefinitions"));
        let mut schemes = schemes.and_then(Value::as_object).into_iter().flatten();
        schemes.any(|(_, scheme)| {
            let text = |key: &str| self.document.resolve(scheme).get(key).and_then(Value::as_str);
            text("name") == Some(param.name) && text("in") == Some(param.place.as_str())
        })
    }
}

impl<'s> Operation<'s> {
    /// The schema of the body that is sent so, else of the first.
    pub(super) fn body(&self, kind: BodyKind) -> Option<&'s Value> {
        let wanted = match kind {
            BodyKind::Form => "x-www-form-urlencoded",
            BodyKind::Multipart => "form-data",
            BodyKind::Json | BodyKind::Raw | BodyKind::GraphQl => "json",
        };
        let fitting = self.bodies.iter().find(|(media, _)| media.contains(wanted));
        fitting.or_else(|| self.bodies.first()).map(|(_, schema)| *schema)
    }
}

impl<'s> Operation<'s> {
    /// What the description says of a JSON text in a header.
    pub(super) fn json_header(&self, name: &str) -> Option<&'s Value> {
        let is_it =
            |param: &&SpecParam<'_>| param.place == Place::Header && param.name.eq_ignore_ascii_case(name);
        Some(self.params.iter().find(is_it)?.schema)
    }
}

fn read_operation<'s>(
    document: Document<'s>,
    (path, item): (&'s str, &'s Value),
    (method, operation): (&'s str, &'s Value),
) -> Operation<'s> {
    // A fragment or query only tells operations of one path apart.
    let path = path.split(['#', '?']).next().unwrap_or(path);
    let list = |of: &'s Value| {
        of.get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let mut read = Operation {
        id: operation.get("operationId").and_then(Value::as_str),
        method: method.to_ascii_uppercase(),
        path,
        full_path: format!("{}{path}", server_path(document.0)),
        other_paths: texts(operation.get(OTHER_PATHS)).collect(),
        params: Vec::new(),
        bodies: bodies(document, operation),
        scopes: scopes(document.0, operation),
        deprecated: operation.get("deprecated").and_then(Value::as_bool) == Some(true),
    };
    // What an operation says of a parameter goes over what its path says.
    for param in list(operation).chain(list(item)) {
        read_param(document.resolve(param), &mut read);
    }
    read
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn read_param<'s>(param: &'s Value, operation: &mut Operation<'s>) {
    let text = |key: &str| param.get(key).and_then(Value::as_str);
    let content = || param.get("content")?.as_object()?.values().next()?.get("schema");
    let schema = param.get("schema").or_else(content).unwrap_or(param);
    let place = match text("in") {
        Some("path") => Place::Path,
        Some("query") => Place::Query,
        Some("header") => Place::Header,
        Some("formData") => Place::Body,
        Some("body") => return operation.bodies.push(("application/json", schema)),
        _ => return,
    };
    let Some(name) = text("name") else { return };
    if operation
        .params
        .iter()
        .any(|known| known.name == name && known.place == place)
    {
        return;
    }
    let required = param.get("required").and_then(Value::as_bool) == Some(true);
    operation.params.push(SpecParam {
        name,
        place,
        required,
        schema,
    });
}

fn bodies<'s>(document: Document<'s>, operation: &'s Value) -> Vec<(&'s str, &'s Value)> {
    let body = operation.get("requestBody").map(|body| document.resolve(body));
    let content = body.and_then(|body| body.get("content")?.as_object());
    let pairs = content.into_iter().flatten();
    pairs
        .filter_map(|(media, entry)| Some((media.as_str(), entry.get("schema")?)))
        .collect()
}

fn scopes<'s>(root: &'s Value, operation: &'s Value) -> Vec<&'s str> {
    let security = operation.get("security").or_else(|| root.get("security"));
    let requirements = security.and_then(Value::as_array).into_iter().flatten();
    let lists = requirements
        .filter_map(Value::as_object)
        .flat_map(|requirement| requirement.values());
    let scopes = lists
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Value::as_str);
    // Slack's description writes a scope of this name where none is needed.
    scopes.filter(|scope| *scope != "none").collect()
}

/// The path in front of all paths: Swagger's `basePath`, or that of the first server.
fn server_path(root: &Value) -> String {
    let url = root.pointer("/servers/0/url").and_then(Value::as_str);
    let path = root
        .get("basePath")
        .and_then(Value::as_str)
        .or_else(|| url.map(path_of))
        .unwrap_or_default();
    path.trim_end_matches('/').to_owned()
}

/// The path of a URL, or of a template of one; a path is its own.
pub(super) fn path_of(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else {
        return url;
    };
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Description;
    use crate::{BodyKind, Place};
    use serde_json::json;

    #[test]
    fn both_generations_give_the_same_operation() {
        let swagger = json!({"swagger": "2.0", "basePath": "/api/", "paths": {"/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "type": "string", "required": true}],
            "post": {"operationId": "make", "parameters": [{"name": "body", "in": "body", "schema": {"type": "object"}}],
                "security": [{"oauth": ["none", "things:write"]}]}}}});
        let openapi = json!({"openapi": "3.1.0", "servers": [{"url": "https://example.com/api"}], "paths": {"/things/{id}#make": {
            "post": {"operationId": "make", "parameters": [{"$ref": "#/components/parameters/id"}],
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "security": [{"oauth": ["things:write"]}]}}},
            "components": {"parameters": {"id": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}}}});
        for spec in [swagger, openapi] {
            let description = Description::read(&spec).unwrap();
            let operation = description.by_id("make").unwrap();
            assert_eq!(
                (operation.method.as_str(), operation.path),
                ("POST", "/things/{id}")
            );
            assert_eq!(operation.full_path, "/api/things/{id}");
            assert_eq!(operation.scopes, ["things:write"]);
            let [id] = operation.params.as_slice() else {
                panic!("{:?}", operation.params)
            };
            assert_eq!(
                (id.name, id.place, id.required, &id.schema["type"]),
                ("id", Place::Path, true, &json!("string"))
            );
            assert_eq!(operation.body(BodyKind::Json), Some(&json!({"type": "object"})));
        }
    }

    #[test]
    fn what_is_no_description_is_not_read() {
        assert!(Description::read(&json!({"openapi": "4.0.0", "paths": {}})).is_none());
        assert!(Description::read(&json!({"discoveryVersion": "v1"})).is_none());
    }
}
