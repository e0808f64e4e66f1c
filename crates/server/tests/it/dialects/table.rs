//! The dialects, one entry each. Answers are as the platforms document them, with `token-N` and `fresh-N` for tokens.

#![expect(clippy::too_many_lines, reason = "a table has as many lines as entries")]

use serde_json::{Value, json};

/// How a platform shows that a token has ended.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// It told how long the token lasts.
    Told { seconds: u64 },
    /// A call fails in this way.
    Shown { status: u16, body: &'static str },
    /// So too, and there is no refresh token.
    Final { status: u16, body: &'static str },
}

/// A platform's dialect as it is played.
#[derive(Clone)]
pub(super) struct Dialect {
    pub(super) id: &'static str,
    /// The connector's file; empty for one that came with the binary.
    pub(super) file: &'static str,
    /// The path of the base URL under the override.
    pub(super) base: &'static str,
    pub(super) fields: Value,
    pub(super) pkce: bool,
    pub(super) basic: bool,
    pub(super) json: bool,
    /// What the callback brings besides code and state.
    pub(super) callback: &'static [(&'static str, &'static str)],
    pub(super) token: &'static str,
    /// The path of refreshes, where it is another.
    pub(super) refresh: Option<&'static str>,
    pub(super) tokens: &'static str,
    pub(super) refreshed: &'static str,
    /// Where the credential goes in calls.
    pub(super) header: &'static str,
    pub(super) prefix: &'static str,
    /// `METHOD /path` and what is answered with status 200.
    pub(super) calls: &'static [(&'static str, &'static str)],
    pub(super) action: (&'static str, Value),
    pub(super) identity: Value,
    pub(super) ending: Ending,
    /// How a refresh is refused for good.
    pub(super) refused: Option<(u16, &'static str)>,
    pub(super) revoke: Option<&'static str>,
}

macro_rules! file {
    ($name:literal) => {
        (
            concat!("dialect_", $name),
            include_str!(concat!(
                "../../../../connector/tests/it/dialects/",
                $name,
                ".toml"
            )),
        )
    };
}

/// A dialect that does nothing of its own but what the entry says.
fn plain((id, file): (&'static str, &'static str), base: &'static str, token: &'static str) -> Dialect {
    Dialect {
        id,
        file,
        base,
        fields: json!({}),
        pkce: true,
        basic: false,
        json: false,
        callback: &[],
        token,
        refresh: None,
        tokens: r#"{"access_token":"token-N","refresh_token":"fresh-N","token_type":"bearer","expires_in":3600}"#,
        refreshed: r#"{"access_token":"token-N","refresh_token":"fresh-N","token_type":"bearer","expires_in":3600}"#,
        header: "authorization",
        prefix: "Bearer ",
        calls: &[],
        action: ("", json!({})),
        identity: Value::Null,
        ending: Ending::Told { seconds: 3_600 },
        refused: Some((
            400,
            r#"{"error":"invalid_grant","error_description":"The refresh token token-12345678901234567890 is spent."}"#,
        )),
        revoke: None,
    }
}

pub(super) fn dialects() -> Vec<Dialect> {
    let mut all = messages_and_mail();
    all.extend(sales_and_money());
    all.extend(work());
    all.extend(files_and_design());
    let own = all.iter().filter_map(built_in).collect::<Vec<_>>();
    all.extend(own);
    all
}

/// The same played by the connector that came with the binary.
fn built_in(dialect: &Dialect) -> Option<Dialect> {
    let built_in = |id, calls, action| Dialect {
        id,
        file: "",
        calls,
        action,
        ..dialect.clone()
    };
    match dialect.id {
        "dialect_slack" => Some(built_in("slack", dialect.calls, dialect.action.clone())),
        "dialect_hubspot" => Some(built_in("hubspot", dialect.calls, dialect.action.clone())),
        "dialect_notion" => Some(built_in("notion", dialect.calls, dialect.action.clone())),
        "dialect_github" => Some(built_in(
            "github",
            &[
                ("GET /user", r#"{"login":"ada"}"#),
                ("GET /user/repos", r#"[{"id":1}]"#),
            ],
            ("repos/list-for-authenticated-user", json!({})),
        )),
        _ => None,
    }
}

fn messages_and_mail() -> Vec<Dialect> {
    vec![
        Dialect {
            pkce: false,
            tokens: r#"{"ok":true,"access_token":"token-N","refresh_token":"fresh-N","expires_in":43200,"token_type":"bot","scope":"team:read","team":{"id":"T1","name":"Acme"},"authed_user":{"id":"U1"}}"#,
            refreshed: r#"{"ok":true,"access_token":"token-N","refresh_token":"fresh-N","expires_in":43200,"token_type":"bot","team":{"id":"T1"}}"#,
            calls: &[
                ("POST /api/auth.test", r#"{"ok":true,"team":"Acme","user":"ada"}"#),
                (
                    "POST /api/conversations.list",
                    r#"{"ok":true,"channels":[{"id":"C1"}]}"#,
                ),
            ],
            action: ("conversations_list", json!({})),
            identity: json!("Acme"),
            ending: Ending::Shown {
                status: 200,
                body: r#"{"ok":false,"error":"token_expired"}"#,
            },
            refused: Some((200, r#"{"ok":false,"error":"invalid_refresh_token"}"#)),
            revoke: Some("POST /api/auth.revoke"),
            ..plain(file!("slack"), "/api", "/api/oauth.v2.access")
        },
        Dialect {
            callback: &[("iss", "https://accounts.google.com"), ("scope", "x")],
            refreshed: r#"{"access_token":"token-N","token_type":"Bearer","expires_in":3599}"#,
            calls: &[(
                "GET /gmail/v1/users/me/profile",
                r#"{"emailAddress":"ada@acme.example"}"#,
            )],
            action: ("gmail.users.getProfile", json!({})),
            identity: json!("ada@acme.example"),
            refused: Some((
                400,
                r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            )),
            revoke: Some("POST /revoke"),
            ..plain(file!("google"), "/gmail/v1", "/token")
        },
        Dialect {
            tokens: r#"{"access_token":"token-N","refresh_token":"fresh-N","token_type":"Bearer","expires_in":604800,"scope":"identify"}"#,
            calls: &[("GET /api/v10/users/@me", r#"{"id":"1","username":"ada"}"#)],
            action: ("get_my_user", json!({})),
            identity: json!("ada"),
            ending: Ending::Told { seconds: 604_800 },
            revoke: Some("POST /api/oauth2/token/revoke"),
            ..plain(file!("discord"), "/api/v10", "/api/oauth2/token")
        },
        Dialect {
            pkce: false,
            fields: json!({ "host": "api.eu.intercom.io" }),
            tokens: r#"{"token_type":"Bearer","token":"token-N","access_token":"token-N"}"#,
            calls: &[("GET /me", r#"{"type":"admin","email":"ada@acme.example"}"#)],
            action: ("identifyAdmin", json!({})),
            identity: json!("ada@acme.example"),
            ending: Ending::Final {
                status: 401,
                body: r#"{"type":"error.list","errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}"#,
            },
            refused: None,
            ..plain(file!("intercom"), "", "/auth/eagle/token")
        },
        Dialect {
            pkce: false,
            tokens: r#"{"access_token":"token-N","expires_in":0,"scope":null}"#,
            prefix: "OAuth ",
            calls: &[
                (
                    "GET /oauth2/metadata",
                    r#"{"dc":"us6","accountname":"Acme","login":{"email":"ada@acme.example"}}"#,
                ),
                ("GET /3.0/", r#"{"account_name":"Acme"}"#),
            ],
            action: ("getRoot", json!({})),
            identity: json!("Acme"),
            ending: Ending::Final {
                status: 401,
                body: r#"{"title":"API Key Invalid","status":401,"detail":"Your token is no longer valid"}"#,
            },
            refused: None,
            ..plain(file!("mailchimp"), "/3.0", "/oauth2/token")
        },
        Dialect {
            basic: true,
            calls: &[(
                "GET /api/accounts",
                r#"{"data":[{"type":"account","id":"AbC123"}]}"#,
            )],
            action: ("get_accounts", json!({})),
            identity: json!("AbC123"),
            revoke: Some("POST /oauth/revoke"),
            ..plain(file!("klaviyo"), "/api", "/oauth/token")
        },
    ]
}

fn sales_and_money() -> Vec<Dialect> {
    vec![
        Dialect {
            pkce: false,
            callback: &[
                ("location", "eu"),
                ("accounts-server", "https://accounts.zoho.eu"),
            ],
            tokens: r#"{"access_token":"token-N","refresh_token":"fresh-N","scope":"ZohoCRM.users.READ","api_domain":"https://www.zohoapis.eu","token_type":"Bearer","expires_in":3600}"#,
            refreshed: r#"{"access_token":"token-N","scope":"ZohoCRM.users.READ","api_domain":"https://www.zohoapis.eu","token_type":"Bearer","expires_in":3600}"#,
            prefix: "Zoho-oauthtoken ",
            calls: &[("GET /crm/v8/users", r#"{"users":[{"email":"ada@acme.example"}]}"#)],
            action: ("getCurrentUser", json!({})),
            identity: json!("ada@acme.example"),
            ending: Ending::Shown {
                status: 401,
                body: r#"{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}"#,
            },
            refused: Some((200, r#"{"error":"invalid_code"}"#)),
            revoke: Some("POST /oauth/v2/token/revoke"),
            ..plain(file!("zoho"), "/crm/v8", "/oauth/v2/token")
        },
        Dialect {
            fields: json!({ "login_host": "test.salesforce.com" }),
            tokens: r#"{"access_token":"token-N","refresh_token":"fresh-N","signature":"s","instance_url":"https://acme.my.salesforce.com","id":"https://test.salesforce.com/id/00D/005","token_type":"Bearer","issued_at":"1795348800000"}"#,
            refreshed: r#"{"access_token":"token-N","instance_url":"https://acme.my.salesforce.com","id":"x","token_type":"Bearer"}"#,
            calls: &[
                (
                    "GET /services/oauth2/userinfo",
                    r#"{"username":"ada@acme.example"}"#,
                ),
                (
                    "GET /services/data/v61.0/query",
                    r#"{"records":[{"Id":"001"}],"done":true}"#,
                ),
            ],
            action: ("query", json!({ "soql": "SELECT Id FROM Account" })),
            identity: json!("ada@acme.example"),
            ending: Ending::Shown {
                status: 401,
                body: r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#,
            },
            refused: Some((
                400,
                r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#,
            )),
            revoke: Some("POST /services/oauth2/revoke"),
            ..plain(
                file!("salesforce"),
                "/services/data/v61.0",
                "/services/oauth2/token",
            )
        },
        Dialect {
            fields: json!({ "shop": "acme" }),
            pkce: false,
            callback: &[("shop", "acme.myshopify.com"), ("hmac", "00")],
            tokens: r#"{"access_token":"token-N","scope":"read_products"}"#,
            header: "x-shopify-access-token",
            prefix: "",
            calls: &[(
                "POST /admin/api/2026-10/graphql.json",
                r#"{"data":{"shop":{"name":"Acme"}}}"#,
            )],
            action: ("shop", json!({})),
            identity: json!("Acme"),
            ending: Ending::Final {
                status: 401,
                body: r#"{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}"#,
            },
            refused: None,
            ..plain(
                file!("shopify"),
                "/admin/api/2026-10",
                "/admin/oauth/access_token",
            )
        },
        Dialect {
            pkce: false,
            tokens: r#"{"token_type":"bearer","refresh_token":"fresh-N","access_token":"token-N","expires_in":1800}"#,
            refreshed: r#"{"token_type":"bearer","access_token":"token-N","expires_in":1800}"#,
            calls: &[
                ("GET /crm/v3/owners", r#"{"results":[]}"#),
                ("GET /crm/v3/objects/contacts", r#"{"results":[{"id":"1"}]}"#),
            ],
            action: ("ContactsList", json!({})),
            ending: Ending::Told { seconds: 1_800 },
            refused: Some((
                400,
                r#"{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token"}"#,
            )),
            revoke: Some("DELETE /oauth/v1/refresh-tokens/fresh-1"),
            ..plain(file!("hubspot"), "", "/oauth/v1/token")
        },
        Dialect {
            pkce: false,
            basic: true,
            callback: &[("realmId", "9130")],
            tokens: r#"{"x_refresh_token_expires_in":8726400,"access_token":"token-N","expires_in":3600,"token_type":"bearer","refresh_token":"fresh-N"}"#,
            calls: &[(
                "GET /v3/company/9130/companyinfo/9130",
                r#"{"CompanyInfo":{"CompanyName":"Acme"}}"#,
            )],
            action: ("companyinfo", json!({})),
            identity: json!("Acme"),
            revoke: Some("POST /v2/oauth2/tokens/revoke"),
            ..plain(file!("quickbooks"), "/v3/company", "/oauth2/v1/tokens/bearer")
        },
        Dialect {
            basic: true,
            calls: &[
                (
                    "GET /connections",
                    r#"[{"id":"e1","tenantId":"t1","tenantType":"ORGANISATION","tenantName":"Acme"}]"#,
                ),
                (
                    "GET /api.xro/2.0/Organisation",
                    r#"{"Organisations":[{"Name":"Acme"}]}"#,
                ),
            ],
            tokens: r#"{"id_token":"x","access_token":"token-N","expires_in":1800,"token_type":"Bearer","refresh_token":"fresh-N"}"#,
            action: ("getOrganisations", json!({})),
            identity: json!("Acme"),
            ending: Ending::Told { seconds: 3_600 },
            revoke: Some("POST /connect/revocation"),
            ..plain(file!("xero"), "/api.xro/2.0", "/connect/token")
        },
        Dialect {
            pkce: false,
            basic: true,
            tokens: r#"{"access_token":"token-N","token_type":"Bearer","refresh_token":"fresh-N","scope":"base","expires_in":3599,"api_domain":"https://acme.pipedrive.com"}"#,
            calls: &[(
                "GET /api/v1/users/me",
                r#"{"success":true,"data":{"company_name":"Acme"}}"#,
            )],
            action: ("getCurrentUser", json!({})),
            identity: json!("Acme"),
            revoke: Some("POST /oauth/revoke"),
            ..plain(file!("pipedrive"), "/api/v1", "/oauth/token")
        },
        Dialect {
            pkce: false,
            json: true,
            tokens: r#"{"access_token":"token-N","token_type":"bearer","expires_at":"2026-12-22T12:00:00Z","merchant_id":"M","refresh_token":"fresh-N"}"#,
            refreshed: r#"{"access_token":"token-N","token_type":"bearer","expires_at":"2027-12-22T12:00:00Z","merchant_id":"M","refresh_token":"fresh-N"}"#,
            calls: &[(
                "GET /v2/merchants",
                r#"{"merchant":[{"id":"M","business_name":"Acme"}]}"#,
            )],
            action: ("ListMerchants", json!({})),
            identity: json!("Acme"),
            ending: Ending::Shown {
                status: 401,
                body: r#"{"errors":[{"category":"AUTHENTICATION_ERROR","code":"ACCESS_TOKEN_EXPIRED","detail":"The access token has expired."}]}"#,
            },
            refused: Some((
                401,
                r#"{"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED","detail":"The refresh token was revoked."}]}"#,
            )),
            ..plain(file!("square"), "/v2", "/oauth2/token")
        },
        Dialect {
            fields: json!({ "subdomain": "acme" }),
            tokens: r#"{"access_token":"token-N","refresh_token":"fresh-N","token_type":"bearer","scope":"read","expires_in":172800,"refresh_token_expires_in":7776000}"#,
            calls: &[
                ("GET /api/v2/users/me", r#"{"user":{"email":"ada@acme.example"}}"#),
                (
                    "GET /api/v2/tickets",
                    r#"{"tickets":[{"id":1}],"next_page":null}"#,
                ),
            ],
            action: ("ListTickets", json!({})),
            identity: json!("ada@acme.example"),
            ending: Ending::Told { seconds: 172_800 },
            revoke: Some("DELETE /api/v2/oauth/tokens/current.json"),
            ..plain(file!("zendesk"), "/api/v2", "/oauth/tokens")
        },
    ]
}

fn work() -> Vec<Dialect> {
    vec![
        Dialect {
            tokens: "access_token=token-N&expires_in=28800&refresh_token=fresh-N&refresh_token_expires_in=15811200&scope=repo&token_type=bearer",
            refreshed: "access_token=token-N&expires_in=28800&refresh_token=fresh-N&refresh_token_expires_in=15811200&token_type=bearer",
            calls: &[
                ("GET /user", r#"{"login":"ada"}"#),
                ("GET /issues", r#"[{"number":1}]"#),
            ],
            action: ("issues/list", json!({})),
            identity: json!("ada"),
            ending: Ending::Told { seconds: 28_800 },
            refused: Some((
                200,
                "error=bad_refresh_token&error_description=The+refresh+token+passed+is+incorrect+or+expired.",
            )),
            revoke: Some("DELETE /applications/the-app/token"),
            ..plain(file!("github"), "", "/login/oauth/access_token")
        },
        Dialect {
            pkce: false,
            json: true,
            calls: &[
                (
                    "GET /oauth/token/accessible-resources",
                    r#"[{"id":"c1","name":"acme","url":"https://acme.atlassian.net"}]"#,
                ),
                ("GET /ex/jira/c1/rest/api/3/myself", r#"{"displayName":"Ada"}"#),
            ],
            action: ("getCurrentUser", json!({})),
            identity: json!("Ada"),
            refused: Some((
                403,
                r#"{"error":"unauthorized_client","error_description":"refresh_token is invalid"}"#,
            )),
            ..plain(file!("atlassian"), "/ex/jira", "/oauth/token")
        },
        Dialect {
            basic: true,
            tokens: r#"{"access_token":"token-N","refresh_token":"fresh-N","token_type":"Bearer","scope":"user.email:read","expires_in":3600,"refresh_expires_in":5184000}"#,
            calls: &[
                (
                    "GET /v0/meta/whoami",
                    r#"{"id":"usr1","email":"ada@acme.example"}"#,
                ),
                ("GET /v0/app1/Tasks", r#"{"records":[{"id":"rec1"}]}"#),
            ],
            action: ("list-records", json!({ "baseId": "app1", "table": "Tasks" })),
            identity: json!("ada@acme.example"),
            ..plain(file!("airtable"), "/v0", "/oauth2/v1/token")
        },
        Dialect {
            pkce: false,
            basic: true,
            json: true,
            tokens: r#"{"access_token":"token-N","token_type":"bearer","bot_id":"b","workspace_name":"Acme","workspace_id":"w"}"#,
            calls: &[
                (
                    "GET /v1/users/me",
                    r#"{"object":"user","bot":{"workspace_name":"Acme"}}"#,
                ),
                (
                    "POST /v1/search",
                    r#"{"results":[{"id":"p"}],"next_cursor":null,"has_more":false}"#,
                ),
            ],
            action: ("post-search", json!({ "query": "x" })),
            identity: json!("Acme"),
            ending: Ending::Final {
                status: 401,
                body: r#"{"object":"error","status":401,"code":"unauthorized","message":"API token is invalid."}"#,
            },
            refused: None,
            revoke: Some("POST /v1/oauth/revoke"),
            ..plain(file!("notion"), "", "/v1/oauth/token")
        },
        Dialect {
            tokens: r#"{"access_token":"token-N","token_type":"Bearer","expires_in":86399,"scope":"read","refresh_token":"fresh-N"}"#,
            calls: &[(
                "POST /graphql",
                r#"{"data":{"viewer":{"id":"1","email":"ada@acme.example"}}}"#,
            )],
            action: ("viewer", json!({})),
            identity: json!("ada@acme.example"),
            ending: Ending::Shown {
                status: 400,
                body: r#"{"errors":[{"message":"Authentication required","extensions":{"code":"AUTHENTICATION_ERROR"}}]}"#,
            },
            revoke: Some("POST /oauth/revoke"),
            ..plain(file!("linear"), "", "/oauth/token")
        },
        Dialect {
            pkce: false,
            tokens: r#"{"access_token":"token-N","token_type":"Bearer","scope":"me:read"}"#,
            prefix: "",
            calls: &[(
                "POST /v2/",
                r#"{"data":{"me":{"id":"1","email":"ada@acme.example"}}}"#,
            )],
            action: ("me", json!({})),
            identity: json!("ada@acme.example"),
            ending: Ending::Final {
                status: 401,
                body: r#"{"errors":[{"message":"Not Authenticated","extensions":{"code":"NOT_AUTHENTICATED"}}]}"#,
            },
            refused: None,
            ..plain(file!("monday"), "/v2", "/oauth2/token")
        },
        Dialect {
            refreshed: r#"{"access_token":"token-N","token_type":"bearer","expires_in":3600,"data":{"gid":"1"}}"#,
            calls: &[(
                "GET /api/1.0/users/me",
                r#"{"data":{"gid":"1","email":"ada@acme.example"}}"#,
            )],
            action: ("getUser", json!({})),
            identity: json!("ada@acme.example"),
            revoke: Some("POST /-/oauth_revoke"),
            ..plain(file!("asana"), "/api/1.0", "/-/oauth_token")
        },
    ]
}

fn files_and_design() -> Vec<Dialect> {
    vec![
        Dialect {
            basic: true,
            refresh: Some("/v1/oauth/refresh"),
            tokens: r#"{"user_id_string":"1","access_token":"token-N","token_type":"bearer","expires_in":7776000,"refresh_token":"fresh-N"}"#,
            refreshed: r#"{"access_token":"token-N","token_type":"bearer","expires_in":7776000}"#,
            calls: &[
                ("GET /v1/me", r#"{"id":"1","email":"ada@acme.example"}"#),
                ("GET /v1/files/abc/comments", r#"{"comments":[{"id":"1"}]}"#),
            ],
            action: ("getComments", json!({ "file_key": "abc" })),
            identity: json!("ada@acme.example"),
            ending: Ending::Told { seconds: 7_776_000 },
            refused: Some((
                400,
                r#"{"error":true,"status":400,"message":"Invalid refresh token"}"#,
            )),
            ..plain(file!("figma"), "/v1", "/v1/oauth/token")
        },
        Dialect {
            tokens: r#"{"access_token":"token-N","expires_in":14400,"token_type":"bearer","scope":"account_info.read","refresh_token":"fresh-N","account_id":"dbid:1"}"#,
            refreshed: r#"{"access_token":"token-N","expires_in":14400,"token_type":"bearer"}"#,
            calls: &[(
                "POST /2/users/get_current_account",
                r#"{"email":"ada@acme.example"}"#,
            )],
            action: ("users/get_current_account", json!({})),
            identity: json!("ada@acme.example"),
            ending: Ending::Shown {
                status: 401,
                body: r#"{"error_summary":"expired_access_token/..","error":{".tag":"expired_access_token"}}"#,
            },
            revoke: Some("POST /2/auth/token/revoke"),
            ..plain(file!("dropbox"), "/2", "/oauth2/token")
        },
    ]
}
