//! Ways to connect: what a person gives, and how it goes into requests.

use crate::schema::Check;
use crate::template::Template;
use http::HeaderName;
use serde_json::{Map, Value, json};
use solder_model::Fault;

/// How a credential goes into requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer …`.
    Bearer,
    /// Another header.
    Header,
    /// A query parameter.
    Query,
    /// HTTP Basic.
    Basic,
    /// A cookie.
    Cookie,
    /// A part of the path.
    Path,
    /// OAuth 2: a person consents at the platform.
    OAuth,
}

impl Scheme {
    /// The scheme's word in listings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Header => "header",
            Self::Query => "query",
            Self::Basic => "basic",
            Self::Cookie => "cookie",
            Self::Path => "path",
            Self::OAuth => "oauth2",
        }
    }
}

/// A way to connect.
#[derive(Debug)]
pub struct Auth {
    /// Its table's name in the file, which callers name it by: `bot_token`.
    pub kind: String,
    /// Its name for people.
    pub name: String,
    /// Where to get what it asks for; may be empty.
    pub about: String,
    /// How it goes into requests; of several the first.
    pub scheme: Scheme,
    /// What a person gives: secrets first, then the connector's variables that it does not find out by itself.
    pub fields: Vec<SecretField>,
    /// Identities that it can act as besides the plain one.
    pub identities: Vec<String>,
    /// What an OAuth table says; nothing for key-based kinds.
    pub oauth: Option<crate::OAuth>,
    pub(crate) apply: Vec<Apply>,
    pub(crate) path_secrets: Vec<String>,
}

/// One thing that a person gives when connecting.
#[derive(Debug, Clone)]
pub struct SecretField {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Whether connecting needs it.
    pub required: bool,
    /// Whether it is a secret; a variable is not.
    pub secret: bool,
    pub(crate) check: Check,
}

/// One way in which secrets go into a request.
#[derive(Debug, Clone)]
pub(crate) enum Apply {
    Header(HeaderName, Template),
    Query(String, Template),
    Cookie(String, Template),
    Basic(Template, Template),
    /// The secret stands in the base's template.
    Path,
}

impl Auth {
    /// The JSON Schema of what a person gives: root `type: object`, nothing else is taken.
    pub fn input_schema(&self) -> Value {
        let mut properties = Map::new();
        for field in &self.fields {
            let mut schema = field.check.schema().as_object().cloned().unwrap_or_default();
            schema.insert("description".into(), json!(field.about));
            if field.secret {
                schema.insert("writeOnly".into(), json!(true));
            }
            properties.insert(field.name.clone(), Value::Object(schema));
        }
        let required: Vec<_> = self
            .fields
            .iter()
            .filter(|field| field.required)
            .map(|field| &field.name)
            .collect();
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    }

    /// What input looks like, with placeholders that nobody takes for secrets.
    pub fn sample(&self) -> Value {
        let needed = self.fields.iter().filter(|field| field.required);
        let pairs = needed.map(|field| {
            let value = if field.secret {
                json!(format!("<{}>", field.about))
            } else {
                field.check.sample(&field.name)
            };
            (field.name.clone(), value)
        });
        Value::Object(pairs.collect())
    }

    /// Everything that is wrong with what a person gave; field names are bare. No message holds a value.
    pub fn validate(&self, fields: &Map<String, Value>) -> Vec<Fault> {
        let mut faults = Vec::new();
        for field in &self.fields {
            match fields.get(&field.name) {
                None if field.required => {
                    faults.push(Fault::new(&field.name, format!("is missing: {}", field.about)));
                }
                None => {}
                Some(value) if field.secret => {
                    faults.extend(secret_fault(&field.name, value, self.oauth.is_some()));
                }
                Some(value) => field.check.faults(value, &field.name, &mut faults),
            }
        }
        let known = || self.fields.iter().map(|field| field.name.as_str());
        for name in fields
            .keys()
            .filter(|name| !known().any(|known| known == name.as_str()))
        {
            faults.push(Fault::new(name, crate::schema::unknown(name, known(), "field")));
        }
        faults
    }

    /// Whether a person may leave this field out.
    pub(crate) fn is_optional(&self, name: &str) -> bool {
        self.fields
            .iter()
            .any(|field| field.name == name && !field.required)
    }

    /// Whether it can act for an action that asks for an identity (`None`: the plain one).
    pub fn acts_as(&self, identity: Option<&str>) -> bool {
        identity.is_none_or(|identity| self.identities.iter().any(|known| known == identity))
    }
}

/// What is wrong with a secret. What goes into a header or a URL is one line; a key of an OAuth app may have several.
fn secret_fault(name: &str, value: &Value, may_have_lines: bool) -> Option<Fault> {
    let Value::String(text) = value else {
        return Some(Fault::new(name, "must be a string"));
    };
    if text.trim().is_empty() {
        Some(Fault::new(name, "must not be blank"))
    } else if text.len() > 65_536 {
        Some(Fault::new(name, "is longer than 64 KB"))
    } else if text.trim().len() != text.len() {
        Some(Fault::new(name, "has white space at an end: paste it without"))
    } else if text
        .chars()
        .any(|letter| letter.is_control() && !(may_have_lines && matches!(letter, '\n' | '\r')))
    {
        Some(Fault::new(name, "holds line breaks or other control characters"))
    } else {
        None
    }
}
