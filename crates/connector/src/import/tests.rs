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
