//! A fake platform: answers what a test says, and remembers what it was asked.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request that the platform got.
#[derive(Debug, Clone)]
pub struct Received {
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
}

/// An answer, byte for byte as a platform gives it.
#[derive(Debug, Clone)]
pub struct PlatformAnswer {
    /// The status.
    pub status: u16,
    /// The media type.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

impl PlatformAnswer {
    /// JSON as it is written.
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self::of(status, "application/json", body.into())
    }

    /// Another media type.
    pub fn of(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            media_type: media_type.to_owned(),
            body: body.into(),
            headers: Vec::new(),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// What the platform answers, after a wait.
type Script = dyn Fn(&Received) -> PlatformAnswer + Send + Sync;

/// A platform on a free port of this machine. It ends with the runtime of its test.
#[derive(Clone)]
pub struct FakePlatform {
    /// The base of its addresses, without a slash at the end.
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    finished: Arc<Mutex<u32>>,
}

impl std::fmt::Debug for FakePlatform {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "FakePlatform({})", self.url)
    }
}

impl FakePlatform {
    /// Starts a platform that answers by the script.
    pub async fn start(script: impl Fn(&Received) -> (u16, Value) + Send + Sync + 'static) -> Self {
        Self::start_slow(Duration::ZERO, script).await
    }

    /// The same, each answer after a wait.
    pub async fn start_slow(
        wait: Duration,
        script: impl Fn(&Received) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        let told = move |asked: &Received| {
            let (status, answer) = script(asked);
            PlatformAnswer::json(status, answer.to_string())
        };
        Self::start_told(wait, told).await
    }

    /// Starts a platform whose script says every byte of an answer.
    pub async fn start_playing(script: impl Fn(&Received) -> PlatformAnswer + Send + Sync + 'static) -> Self {
        Self::start_told(Duration::ZERO, script).await
    }

    async fn start_told(
        wait: Duration,
        script: impl Fn(&Received) -> PlatformAnswer + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let platform = Self {
            url,
            received: Arc::default(),
            finished: Arc::default(),
        };
        let (script, me): (Arc<Script>, _) = (Arc::new(script), platform.clone());
        let router = Router::new().fallback(move |request: Request| {
            let (script, me) = (Arc::clone(&script), me.clone());
            async move { me.answer(&*script, wait, request).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        platform
    }

    /// A platform in Slack's manner: `users.list` gives two people, everything else is a method it does not know.
    pub async fn slack() -> Self {
        Self::start(|asked| {
            let known = asked.path.split('?').next() == Some("/api/users.list");
            let people = serde_json::json!([
                { "id": "U1", "name": "ada", "real_name": "Ada Lovelace" },
                { "id": "U2", "name": "grace", "real_name": "Grace Hopper" },
            ]);
            let answer = if known {
                serde_json::json!({ "ok": true, "members": people, "response_metadata": { "next_cursor": "" } })
            } else {
                serde_json::json!({ "ok": false, "error": "unknown_method" })
            };
            (200, answer)
        })
        .await
    }

    /// What it was asked so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// How many requests it has answered to the end of its wait.
    pub fn finished(&self) -> u32 {
        *self.finished.lock().unwrap()
    }

    async fn answer(&self, script: &Script, wait: Duration, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let received = Received {
            method: parts.method.to_string(),
            path: parts.uri.to_string(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let answer = script(&received);
        self.received.lock().unwrap().push(received);
        tokio::time::sleep(wait).await;
        *self.finished.lock().unwrap() += 1;
        let status = StatusCode::from_u16(answer.status).unwrap();
        let mut response = (status, [("content-type", answer.media_type)], answer.body).into_response();
        for (name, value) in answer.headers {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        response
    }
}
