//! OAuth for MCP clients, from a client's first look to its last token, and every way of breaking in that is known.

mod access;
mod beside;
mod browser;
mod clients;
mod consent;
mod document;
mod flow;
mod grants;
mod metadata;
mod request;
mod revoke;
mod token;
mod ways;

use browser::{Browser, Shown};
use serde_json::{Value, json};
use solder_model::{Secret, UserName};
use solder_testkit::{Account, Answer, Client, Mcp, Solder, SolderBuilder};

/// Where most clients here want their answers.
const CALLBACK: &str = "https://client.example/cb";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const PASSWORD: &str = "correct horse battery";

/// A Solder with a server, a user with a password, and a client that an admin registered.
struct World {
    solder: Solder,
    server: String,
    client: String,
}

impl World {
    async fn start() -> Self {
        Self::of(Solder::build()).await
    }

    async fn of(builder: SolderBuilder) -> Self {
        let solder = builder.start().await;
        let server = solder.server(&json!({ "name": "Desk" })).await;
        let server = server["serverId"].as_str().unwrap().to_owned();
        let world = Self {
            client: String::new(),
            server,
            solder,
        };
        let client = world
            .registered(&json!({ "name": "Helper", "redirectUris": [CALLBACK] }))
            .await;
        world.password(&world.solder.first.clone(), "ada").await;
        Self {
            client: client["clientId"].as_str().unwrap().to_owned(),
            ..world
        }
    }

    /// Gives a user of an account a password.
    async fn password(&self, account: &Account, user: &str) {
        // A user comes to be when a key first names it.
        let named = self
            .solder
            .client(&account.key)
            .as_user(user)
            .get("/api/servers")
            .await;
        assert_eq!(named.status, 200, "{}", named.text);
        let name = UserName::new(user).unwrap();
        let password = Secret::new(PASSWORD);
        let set = self
            .solder
            .installation
            .set_password(&account.id, &name, password)
            .await;
        set.unwrap();
    }

    /// A client that an admin registered.
    async fn registered(&self, body: &Value) -> Value {
        let answer = self.solder.admin().post("/api/oauth-clients", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }

    /// One more server of the first account's admin.
    async fn server(&self, name: &str) -> String {
        let server = self.solder.server(&json!({ "name": name })).await;
        server["serverId"].as_str().unwrap().to_owned()
    }

    fn issuer(&self) -> String {
        format!("{}/oauth", self.solder.url)
    }

    fn resource(&self) -> String {
        self.resource_of(&self.server)
    }

    fn resource_of(&self, server: &str) -> String {
        format!("{}/mcp/{server}", self.solder.url)
    }

    /// The parameters of a good request.
    fn asked(&self) -> Vec<(String, String)> {
        [
            ("response_type", "code"),
            ("client_id", &self.client),
            ("redirect_uri", CALLBACK),
            ("scope", "read write"),
            ("state", "a state"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("resource", &self.resource()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// The same with some parameters set otherwise; an empty value leaves one out.
    fn asked_with(&self, other: &[(&str, &str)]) -> String {
        let mut asked = self.asked();
        for (name, value) in other {
            asked.retain(|(known, _)| known != name);
            if !value.is_empty() {
                asked.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        address(&asked)
    }

    /// A browser without cookies.
    fn visitor(&self) -> Browser {
        Browser::new(&self.solder.url)
    }

    /// A browser in which a user is signed in, having come to the page of a good request.
    async fn browser_of(&self, user: &str) -> Browser {
        let browser = self.visitor();
        self.sign_in(&browser, &address(&self.asked()), user).await;
        browser
    }

    /// Opens a request and signs the user in on the way; gives the page that follows.
    async fn sign_in(&self, browser: &Browser, request: &str, user: &str) -> Shown {
        let page = browser.follow(request).await;
        assert!(
            page.path.starts_with("/sign-in/"),
            "{} {}",
            page.path,
            page.answer.text
        );
        let form = [("user", user), ("password", PASSWORD)];
        let signed = browser.submit(&page, &form).await;
        assert_eq!(signed.answer.status, 303, "{}", signed.answer.text);
        browser.follow(signed.leads_to()).await
    }

    /// Allows what the page asks; gives where the browser is sent.
    async fn allow(&self, browser: &Browser, page: &Shown) -> String {
        let decided = browser
            .submit(page, &[("decision", "allow"), ("write", "yes")])
            .await;
        assert_eq!(decided.answer.status, 303, "{}", decided.answer.text);
        decided.leads_to().to_owned()
    }

    /// A code for `ada`, by a good request.
    async fn code(&self) -> String {
        self.code_for(&self.asked_with(&[])).await
    }

    /// A code for `ada`, by this request.
    async fn code_for(&self, request: &str) -> String {
        let browser = self.visitor();
        let page = self.sign_in(&browser, request, "ada").await;
        let answer = self.allow(&browser, &page).await;
        let code = parameter(&answer, "code");
        assert!(code.is_some(), "no code: {answer}");
        code.unwrap()
    }

    /// The form of a good exchange.
    fn exchange(&self, code: &str) -> Vec<(String, String)> {
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", &self.client),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("resource", &self.resource()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// Tokens for `ada`, by a good exchange.
    async fn tokens(&self) -> Value {
        let answer = self.token(&self.exchange(&self.code().await)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// Exchanges a refresh token.
    async fn refresh(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        if !more.iter().any(|(name, _)| *name == "client_id") {
            form.push(("client_id", &self.client));
        }
        form.extend(more);
        self.token(&owned(&form)).await
    }

    async fn token(&self, form: &[(String, String)]) -> Answer {
        self.post("/oauth/token", form).await
    }

    async fn post(&self, path: &str, form: &[(String, String)]) -> Answer {
        posted(&self.solder.nobody(), path, form).await
    }

    /// An MCP client with a token, at a server.
    fn mcp(&self, server: &str, token: &str) -> Mcp {
        Mcp::new(&self.solder.client(token), &format!("/mcp/{server}"))
    }

    /// The first account's audit log as text.
    async fn audit(&self) -> String {
        format!("{:?}", self.solder.audit(&self.solder.first).await)
    }

    /// The status that a list of tools is answered with.
    async fn opens(&self, token: &str) -> u16 {
        self.mcp(&self.server, token)
            .legacy("tools/list", &json!({}))
            .await
            .status
    }
}

/// Posts a form.
async fn posted(client: &Client, path: &str, form: &[(String, String)]) -> Answer {
    let client = client.with("content-type", "application/x-www-form-urlencoded");
    client
        .send(reqwest::Method::POST, path, Some(encoded(form).into_bytes()))
        .await
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn encoded(pairs: &[(String, String)]) -> String {
    let mut query = reqwest::Url::parse("x://x").unwrap();
    query.query_pairs_mut().extend_pairs(pairs);
    query.query().unwrap_or_default().to_owned()
}

fn address(parameters: &[(String, String)]) -> String {
    format!("/oauth/authorize?{}", encoded(parameters))
}

/// A parameter of a URL's query.
fn parameter(url: &str, name: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).unwrap();
    let mut pairs = url.query_pairs();
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// The `error` of an answer in JSON.
fn error(answer: &Answer) -> String {
    answer.json()["error"].as_str().unwrap_or_default().to_owned()
}
