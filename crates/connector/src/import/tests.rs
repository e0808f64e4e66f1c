//! What an import makes of small descriptions, and what it refuses.

mod har;
mod hostile;
mod merged;
mod published;
mod requests;

use super::{Draft, Options, read};
use crate::Connector;
use serde_json::{Value, json};

/// The draft of a description, which has to be one.
fn draft(description: &Value) -> Draft {
    read(
        "api.json",
        description.to_string().as_bytes(),
        &Options::default(),
    )
    .unwrap()
}

fn loaded(draft: &Draft) -> Connector {
    crate::parse(&format!("{}.toml", draft.id), &draft.text).unwrap()
}

/// A description of paths alone.
fn of(paths: &Value) -> Value {
    json!({"openapi": "3.0.3", "info": {"title": "Pet Shop API", "description": "Sells pets. And more."},
        "servers": [{"url": "https://api.example.com/v1"}], "paths": paths})
}

#[test]
fn a_discovery_document_gives_no_parameter_for_tokens_and_a_consent_that_brings_a_refresh_token() {
    let description = json!({"discoveryVersion": "v1", "name": "shop", "title": "Shop", "rootUrl": "https://shop.googleapis.com/", "servicePath": "v1/",
        "auth": {"oauth2": {"scopes": {"https://www.googleapis.com/auth/shop": {"description": "Shops"}}}},
        "parameters": {"access_token": {"type": "string", "location": "query", "description": "OAuth access token."},
            "key": {"type": "string", "location": "query", "description": "API key."}},
        "resources": {"pets": {"methods": {"list": {"id": "shop.pets.list", "path": "pets", "httpMethod": "GET",
            "scopes": ["https://www.googleapis.com/auth/shop"],
            "parameters": {"key": {"type": "string", "location": "query", "description": "What pets are ordered by"},
                "pageSize": {"type": "integer", "location": "query", "minimum": "1", "maximum": "50", "description": "How many"}}}}}}});
    let draft = draft(&description);
    let connector = loaded(&draft);
    let action = connector.actions().next().unwrap();
    let names: Vec<_> = action.params.iter().map(|param| param.name.as_str()).collect();
    assert_eq!(names, ["key", "pageSize"], "{}", draft.text);
    assert_eq!(action.params[1].schema["maximum"], 50, "{}", draft.text);
    assert!(
        draft
            .text
            .contains("authorize_params = { access_type = \"offline\", prompt = \"consent\" }"),
        "{}",
        draft.text
    );
}
