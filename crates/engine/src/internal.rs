//! Solder's own connector: a transport that leaves nobody's house. Its actions are management operations of the
//! caller, with the caller's own rights; no operation of an admin is among them. A token URL is never worth more
//! than the server that it opens: by one, only that server itself is read, without its token.

use crate::Engine;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::scope::Scope;
use crate::servers::ServerView;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};
use solder_model::{Page, ServerId};

impl Engine {
    /// Answers the request that an action of the connector `solder` makes. Refusals are the operation's own, so that
    /// every fault is told.
    pub(crate) async fn serve_internal(
        &self,
        caller: &Caller,
        scope: Scope<'_>,
        request: &http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>> {
        let path: Vec<&str> = request.uri().path().split('/').skip(1).collect();
        let call = Call {
            method: request.method().as_str(),
            path: &path,
            query: query(request),
            body: body(request)?,
        };
        let value = match caller.token_url() {
            Some(opened) => self.serve_token_url(opened, scope, &call)?,
            None => self.serve_key(caller, &call).await?,
        };
        let answer = http::Response::builder().header(http::header::CONTENT_TYPE, "application/json");
        answer
            .body(Bytes::from(value.to_string()))
            .map_err(|_bad| Error::Internal("an answer is no response"))
    }

    async fn serve_key(&self, caller: &Caller, call: &Call<'_>) -> Result<Value> {
        match (call.method, call.path) {
            ("GET", ["health"]) => Ok(self.health()),
            ("GET", ["api", "servers"]) => json_of(&self.list_servers(caller, page(&call.query)?).await?),
            ("POST", ["api", "servers"]) => json_of(&self.create_server(caller, &call.body).await?),
            ("GET", ["api", "servers", id]) => json_of(&self.get_server(caller, id).await?),
            ("PUT", ["api", "servers", id]) => json_of(&self.update_server(caller, id, &call.body).await?),
            ("DELETE", ["api", "servers", id]) => json_of(&self.delete_server(caller, id).await?),
            ("POST", ["api", "servers", id, "token"]) => {
                json_of(&self.rotate_server_token(caller, id, &call.body).await?)
            }
            ("GET", ["api", "credentials"]) => {
                let connector = call.query.get("connectorId").and_then(Value::as_str);
                json_of(
                    &self
                        .list_credentials(caller, connector, page(&call.query)?)
                        .await?,
                )
            }
            ("POST", ["api", "credentials"]) => {
                json_of(&self.create_credential(caller, &call.body, None).await?)
            }
            ("GET", ["api", "credentials", id]) => json_of(&self.get_credential(caller, id).await?),
            ("PUT", ["api", "credentials", id]) => {
                json_of(&self.update_credential(caller, id, &call.body).await?)
            }
            ("DELETE", ["api", "credentials", id]) => json_of(&self.delete_credential(caller, id).await?),
            _ => Err(Error::NotFound("The connector solder has no such operation")),
        }
    }

    /// What a token URL may read of Solder: health, and its own server without the token.
    fn serve_token_url(&self, opened: &ServerId, scope: Scope<'_>, call: &Call<'_>) -> Result<Value> {
        let entry = scope
            .entry()
            .ok_or(Error::Internal("a token URL opens no server"))?;
        let view = || json_of(&ServerView::new(&entry.server, &self.settings.public_url, None));
        match (call.method, call.path) {
            ("GET", ["health"]) => Ok(self.health()),
            ("GET", ["api", "servers", id]) if *id == opened.as_str() => view(),
            ("GET", ["api", "servers", _]) => Err(Error::ServerNotFound),
            ("GET", ["api", "servers"]) => {
                let page = page(&call.query)?;
                let servers = if page.offset == 0 { vec![view()?] } else { Vec::new() };
                let (limit, offset) = (page.limit, page.offset);
                Ok(json!({
                    "servers": servers, "count": 1, "total": 1, "limit": limit, "offset": offset, "hasMore": false,
                }))
            }
            _ => Err(Error::Forbidden(
                "By a token URL only its own server can be read, and nothing changed: connect with an API key".to_owned(),
            )),
        }
    }

    /// `{"status":"healthy","timestamp":…}`.
    pub fn health(&self) -> Value {
        json!({ "status": "healthy", "timestamp": self.clock.now() })
    }
}

/// A request of the internal connector, taken apart. Ids hold no characters that a path would encode; one that
/// does is the id of nothing.
struct Call<'a> {
    method: &'a str,
    path: &'a [&'a str],
    query: Map<String, Value>,
    body: Map<String, Value>,
}

/// The query; numbers as numbers, as the page fields are.
fn query(request: &http::Request<Bytes>) -> Map<String, Value> {
    let pairs = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let value = |text: &str| {
        text.parse::<i64>()
            .map_or_else(|_no_number| json!(text), |number| json!(number))
    };
    pairs
        .map(|(name, text)| (name.into_owned(), value(&text)))
        .collect()
}

fn body(request: &http::Request<Bytes>) -> Result<Map<String, Value>> {
    if request.body().is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(request.body())
        .map_err(|_bad| Error::Internal("an internal request's body is no object"))
}

fn json_of(view: &impl Serialize) -> Result<Value> {
    serde_json::to_value(view).map_err(|_bad| Error::Internal("a view is no JSON"))
}

fn page(query: &Map<String, Value>) -> Result<Page> {
    let mut fields = Fields::new(query);
    let limit = fields.whole(
        "limit",
        1..=i64::from(Page::MOST),
        "must be a whole number from 1 to 1000",
    );
    let offset = fields.whole("offset", 0..=i64::MAX, "must be a whole number, 0 or more");
    let limit = limit
        .and_then(|limit| u32::try_from(limit).ok())
        .unwrap_or(Page::MOST);
    let offset = offset
        .and_then(|offset| u64::try_from(offset).ok())
        .unwrap_or_default();
    fields.finish(Page { limit, offset })
}
