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
    pub(crate) own: Own,
    pub(crate) apply: Vec<Apply>,
    pub(crate) path_secrets: Vec<String>,
}

/// What a way to connect says in place of the file.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// Where its calls go.
    pub(crate) base: Option<crate::connector::Base>,
    /// The action that is run after connecting.
    pub(crate) check: Option<String>,
    /// Where its value names the account.
    pub(crate) identity: Option<String>,
    /// Variables that a secret tells.
    pub(crate) told: Vec<Told>,
}

/// A variable that stands at the end of a secret.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) name: String,
    pub(crate) secret: String,
    /// What the variable stands behind, where that is found last.
    pub(crate) behind: String,
    pub(crate) check: Check,
}

impl Told {
    /// The variable; nothing where the secret does not hold it.
    pub(crate) fn of<'s>(&self, secret: &'s str) -> Option<&'s str> {
        let (_, rest) = secret.rsplit_once(self.behind.as_str())?;
        Some(rest).filter(|rest| !rest.is_empty())
    }

    /// Why a secret tells no variable. What it holds instead is not shown.
    fn fault(&self, secret: &str) -> Option<Fault> {
        let fits = self
            .of(secret)
            .is_some_and(|text| self.check.accepts(&json!(text)));
        let message = || {
            let Self { name, behind, .. } = self;
            format!("does not end with `{behind}` and its `{name}`: paste the whole of it")
        };
        (!fits).then(|| Fault::new(&self.secret, message()))
    }
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

impl Apply {
    /// The names in its templates.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let (one, two) = match self {
            Self::Header(_, value) | Self::Query(_, value) | Self::Cookie(_, value) => (Some(value), None),
            Self::Basic(user, password) => (Some(user), Some(password)),
            Self::Path => (None, None),
        };
        one.into_iter().chain(two).flat_map(Template::names)
    }
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
        if faults.is_empty() {
            let given = |told: &Told| told.fault(fields.get(&told.secret)?.as_str()?);
            faults.extend(self.own.told.iter().filter_map(given));
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

    /// The names in the templates of its table, but for those of its base.
    pub(crate) fn template_names(&self) -> impl Iterator<Item = &str> {
        let oauth = self.oauth.iter().flat_map(crate::OAuth::template_names);
        self.apply.iter().flat_map(Apply::names).chain(oauth)
    }

    /// The variable of this name that a secret tells, and how.
    pub(crate) fn told(&self, name: &str) -> Option<&Told> {
        self.own.told.iter().find(|told| told.name == name)
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
