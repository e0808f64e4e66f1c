//! Clients of the management API, by role.

use crate::Answer;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An HTTP client that goes through no proxy and follows no redirect.
#[expect(clippy::disallowed_methods, reason = "tests reach their own server")]
pub fn http_client() -> reqwest::Client {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    builder.build().expect("a client")
}

/// A client with or without a key.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
}

impl Client {
    /// A client of the server at `base`.
    pub fn new(base: &str, key: Option<&str>) -> Self {
        let client = Self {
            http: http_client(),
            base: base.to_owned(),
            headers: HeaderMap::new(),
        };
        match key {
            Some(key) => client.with("authorization", &format!("Bearer {key}")),
            None => client,
        }
    }

    /// The same client with one more header; sent again where it is there already.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let name = reqwest::header::HeaderName::try_from(name).unwrap();
        let value = reqwest::header::HeaderValue::from_bytes(value.as_bytes()).unwrap();
        let mut client = self.clone();
        client.headers.append(name, value);
        client
    }

    /// The same client, acting as a user.
    #[must_use]
    pub fn as_user(&self, user: &str) -> Self {
        self.with("x-alloy-userid", user)
    }

    /// Sends a request.
    pub async fn send(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Answer {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .headers(self.headers.clone());
        if let Some(body) = body {
            if !self.headers.contains_key("content-type") {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body);
        }
        Answer::read(request.send().await.expect("an answer")).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// POST with JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string().into_bytes()))
            .await
    }

    /// PUT with JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body.to_string().into_bytes()))
            .await
    }
}
