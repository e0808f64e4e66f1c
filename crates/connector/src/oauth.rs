//! What an OAuth table says, kept as data for the broker that runs the flow.

use crate::template::Template;
use serde_json::Value;

/// An OAuth table of a connector file. Texts that are URLs may hold `{name}` of a variable; they were checked to be
/// https, and nothing else about them is known here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OAuth {
    /// Where the person consents; nothing for a grant without a person.
    pub authorize: Option<String>,
    /// Where codes and refresh tokens are exchanged.
    pub token: String,
    /// Where refresh tokens are exchanged, if elsewhere.
    pub refresh: Option<String>,
    /// Where tokens are revoked.
    pub revoke: Option<String>,
    /// Scopes that are asked for.
    pub scopes: Vec<String>,
    /// Scopes that an account may ask for besides.
    pub optional_scopes: Vec<String>,
    /// What stands between scopes.
    pub scope_sep: String,
    /// Whether PKCE is used.
    pub pkce: bool,
    /// Where the client's id and secret go: `body`, `basic` or `none`.
    pub client: String,
    /// How the token request is written: `form` or `json`.
    pub send: String,
    /// When an access token ends: `if_told`, `never`, `unknown` or a duration.
    pub expires: String,
    /// What a platform answers when the token has ended: `{status, code}`.
    pub refresh_on: Option<Value>,
    /// Whether refresh tokens change: `always`, `if_told` or `never`.
    pub rotate: String,
    /// `authorization_code` or `client_credentials`.
    pub grant: String,
    /// A signed assertion instead of a client secret: `jwt`.
    pub assertion: Option<String>,
    /// Fixed parameters of the authorize URL.
    pub authorize_params: Vec<(String, String)>,
    /// Fixed parameters of the token request.
    pub token_params: Vec<(String, String)>,
    /// Fixed parameters of the refresh request.
    pub refresh_params: Vec<(String, String)>,
    /// Fixed headers of the token request.
    pub token_headers: Vec<(String, String)>,
    /// Further scope parameters, each with the identity whose scopes it carries.
    pub extra_scopes: Vec<(String, String)>,
    /// The test that tells a good token answer at status 200.
    pub ok: Option<String>,
    /// Where each identity's token stands in the token answer.
    pub tokens: Vec<(String, String)>,
    /// What to keep of the token answer: name and pointer.
    pub keep: Vec<(String, String)>,
    /// Which of the kept are read again at a refresh.
    pub keep_on_refresh: Vec<String>,
    /// What to keep of the callback's query: name and parameter.
    pub from_callback: Vec<(String, String)>,
}

/// A call after connecting that finds out a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Discover {
    /// `GET https://…`.
    pub call: String,
    /// Where the candidates stand in the answer.
    pub each: String,
    /// Whether the person is asked when there are several.
    pub choose: bool,
    /// What is set: name and pointer.
    pub set: Vec<(String, String)>,
}

impl OAuth {
    /// The names that the flow finds out, which templates may use.
    pub(crate) fn found(&self) -> impl Iterator<Item = &str> {
        self.keep
            .iter()
            .chain(&self.from_callback)
            .map(|(name, _)| name.as_str())
    }

    /// What goes into each request where the file does not say.
    pub(crate) fn bearer() -> Result<Template, String> {
        Template::parse("Bearer {access_token}")
    }
}
