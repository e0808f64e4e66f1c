//! Bodies of the operations on identity providers, read with every fault at once.

use crate::error::Result;
use crate::fields::Fields;
use serde_json::{Map, Value};
use solder_model::{IdentityProvider, Secret};
use url::Url;

const MAX_NAME: usize = 100;
const MAX_TEXT: usize = 2_000;
const MAX_CLAIM: usize = 100;
const MAX_LIST: usize = 50;

/// What a body says of the client's secret.
#[derive(Debug, Default)]
pub(super) enum NewSecret {
    /// Nothing.
    #[default]
    Unsaid,
    /// `null`: there is none.
    None,
    /// This one.
    Given(Secret),
}

/// The fields that a creation or a change sent, each already valid.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) name: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) secret: NewSecret,
    pub(super) user_claim: Option<String>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) allowed_domains: Option<Vec<String>>,
}

impl Draft {
    /// Reads a creation: `name`, `issuer` and `clientId` are required.
    pub(super) fn read_new(body: &Map<String, Value>) -> Result<Self> {
        Self::read(body, true)
    }

    /// Reads a change: any subset.
    pub(super) fn read_change(body: &Map<String, Value>) -> Result<Self> {
        Self::read(body, false)
    }

    fn read(body: &Map<String, Value>, is_new: bool) -> Result<Self> {
        let mut fields = Fields::new(body);
        let draft = Self {
            name: fields.text("name", name_fault),
            issuer: fields.text("issuer", issuer_fault),
            client_id: fields.text("clientId", plain_fault),
            secret: secret(&mut fields),
            user_claim: fields.text("userClaim", claim_fault),
            scopes: texts(&mut fields, "scopes", scope_fault),
            allowed_domains: texts(&mut fields, "allowedDomains", domain_fault)
                .map(|domains| domains.iter().map(|domain| domain.to_ascii_lowercase()).collect()),
        };
        if is_new {
            for (name, what) in [
                ("name", "what people are shown, such as the provider's own name"),
                (
                    "issuer",
                    "the provider's issuer, such as `https://login.example.com`",
                ),
                ("clientId", "the client that is registered there for Solder"),
            ] {
                if fields.sent(name).is_none() {
                    fields.fault(name, format!("is required: {what}"));
                }
            }
        }
        fields.finish(draft)
    }

    /// Puts what was sent in place of what stood there, but for the secret.
    pub(super) fn apply(&self, provider: &mut IdentityProvider) {
        let put = |sent: &Option<String>, field: &mut String| {
            if let Some(sent) = sent {
                field.clone_from(sent);
            }
        };
        put(&self.name, &mut provider.name);
        put(&self.issuer, &mut provider.issuer);
        put(&self.client_id, &mut provider.client_id);
        put(&self.user_claim, &mut provider.user_claim);
        if let Some(domains) = &self.allowed_domains {
            provider.allowed_domains.clone_from(domains);
        }
        if let Some(scopes) = &self.scopes {
            provider.scopes.clone_from(scopes);
        }
        if provider.scopes.is_empty() {
            provider.scopes = scopes_for(&provider.user_claim, &provider.allowed_domains);
        }
        if !provider.scopes.iter().any(|scope| scope == "openid") {
            provider.scopes.insert(0, "openid".to_owned());
        }
    }
}

fn secret(fields: &mut Fields<'_>) -> NewSecret {
    if fields.is_null("clientSecret") {
        return NewSecret::None;
    }
    fields
        .text("clientSecret", plain_fault)
        .map_or(NewSecret::Unsaid, |secret| NewSecret::Given(Secret::new(secret)))
}

/// The scopes that bring what is needed (OpenID Connect Core 1.0, 5.4).
pub(super) fn scopes_for(user_claim: &str, allowed_domains: &[String]) -> Vec<String> {
    let mut scopes = vec!["openid".to_owned()];
    if user_claim == "email" || !allowed_domains.is_empty() {
        scopes.push("email".to_owned());
    }
    if matches!(user_claim, "preferred_username" | "nickname" | "name") {
        scopes.push("profile".to_owned());
    }
    scopes
}

/// A list of texts, each by the same rule.
fn texts(
    fields: &mut Fields<'_>,
    name: &str,
    fault: impl Fn(&str) -> Option<&'static str>,
) -> Option<Vec<String>> {
    let sent = fields.sent(name)?;
    let Some(items) = sent.as_array() else {
        fields.fault(name, "must be a list of texts");
        return None;
    };
    if items.len() > MAX_LIST {
        fields.fault(name, "must have at most 50 entries");
        return None;
    }
    let mut read = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        match item.as_str().map(|text| (text, fault(text))) {
            Some((text, None)) => read.push(text.to_owned()),
            Some((_, Some(wrong))) => fields.fault(&format!("{name}[{place}]"), wrong),
            None => fields.fault(&format!("{name}[{place}]"), "must be a text"),
        }
    }
    Some(read)
}

fn name_fault(text: &str) -> Option<&'static str> {
    let fits = (1..=MAX_NAME).contains(&text.chars().count()) && text.trim() == text;
    (!fits || text.chars().any(char::is_control))
        .then_some("must have 1 to 100 characters, no control characters, and no white space at either end")
}

fn issuer_fault(text: &str) -> Option<&'static str> {
    let right =
        "must be the issuer as the provider spells it: a URL with `https://`, without user name, `?` and `#`";
    let Ok(url) = Url::parse(text) else {
        return Some(right);
    };
    let plain = url.username().is_empty() && url.password().is_none();
    let whole = url.query().is_none() && url.fragment().is_none() && url.has_host();
    let fits = matches!(url.scheme(), "http" | "https") && plain && whole && text.len() <= MAX_TEXT;
    (!fits).then_some(right)
}

fn plain_fault(text: &str) -> Option<&'static str> {
    let fits = (1..=MAX_TEXT).contains(&text.len()) && !text.chars().any(char::is_control);
    (!fits).then_some("must have 1 to 2,000 bytes and no control characters")
}

fn claim_fault(text: &str) -> Option<&'static str> {
    let fits = (1..=MAX_CLAIM).contains(&text.len()) && !text.chars().any(char::is_control);
    (!fits).then_some("must be the name of a claim, such as `sub` or `email`")
}

/// A scope token of RFC 6749, 3.3.
fn scope_fault(text: &str) -> Option<&'static str> {
    let fits = (1..=200).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
    (!fits).then_some("must be one scope, without white space")
}

fn domain_fault(text: &str) -> Option<&'static str> {
    let fits = (1..=253).contains(&text.len())
        && text.contains('.')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    (!fits).then_some("must be a domain such as `example.com`, without `@` and `*`")
}
