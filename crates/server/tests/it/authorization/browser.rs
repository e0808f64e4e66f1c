//! A person's browser, as far as the pages here need one.

use solder_testkit::{Answer, http_client};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A browser with cookies of its own; a clone is the same browser.
#[derive(Clone)]
pub(super) struct Browser {
    http: reqwest::Client,
    base: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// What a browser shows.
pub(super) struct Shown {
    /// The path of it.
    pub(super) path: String,
    /// What was answered.
    pub(super) answer: Answer,
}

impl Browser {
    pub(super) fn new(base: &str) -> Self {
        Self {
            http: http_client(),
            base: base.to_owned(),
            cookies: Arc::default(),
        }
    }

    /// Opens a path of the installation.
    pub(super) async fn get(&self, path: &str) -> Shown {
        let request = self.http.get(format!("{}{path}", self.base));
        self.send(path, request.header("sec-fetch-site", "none")).await
    }

    /// Opens a path, and goes on for as long as the installation leads to itself.
    pub(super) async fn follow(&self, path: &str) -> Shown {
        let mut shown = self.get(path).await;
        while shown.leads_to().starts_with('/') {
            let next = shown.leads_to().to_owned();
            shown = self.get(&next).await;
        }
        shown
    }

    /// Posts as a page of the installation does.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let own = self.base.clone();
        self.post_as(&own, "same-origin", path, fields).await
    }

    /// Posts as a page of another site that got around every rule about cookies.
    pub(super) async fn post_from_elsewhere(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.post_as("https://evil.example", "cross-site", path, fields)
            .await
    }

    async fn post_as(&self, origin: &str, site: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", origin)
            .header("sec-fetch-site", site)
            .body(super::encoded(&super::owned(fields)));
        self.send(path, request).await
    }

    /// Posts the page's form, with its hidden fields and these, back to where the page stands.
    pub(super) async fn submit(&self, page: &Shown, fields: &[(&str, &str)]) -> Shown {
        let token = page.form_token();
        let mut all = vec![("form_token", token.as_str())];
        all.extend(fields);
        self.post(&page.path, &all).await
    }

    async fn send(&self, path: &str, request: reqwest::RequestBuilder) -> Shown {
        let kept = self.cookies.lock().unwrap().clone();
        let kept: Vec<String> = kept
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = if kept.is_empty() {
            request
        } else {
            request.header("cookie", kept.join("; "))
        };
        let response = request.send().await.unwrap();
        let answer = Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        };
        for line in answer.headers.get_all("set-cookie") {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies
                .lock()
                .unwrap()
                .insert(name.to_owned(), value.to_owned());
        }
        Shown {
            path: path.to_owned(),
            answer,
        }
    }
}

impl Shown {
    /// Where it leads; empty where it stays.
    pub(super) fn leads_to(&self) -> &str {
        self.answer.header("location")
    }

    /// The token of the page's form.
    pub(super) fn form_token(&self) -> String {
        let text = &self.answer.text;
        let rest = text
            .split_once("name=\"form_token\" value=\"")
            .map_or("", |(_, rest)| rest);
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// What a person reads.
    pub(super) fn text(&self) -> String {
        let body = self.answer.text.split_once("<body>").map_or("", |(_, body)| body);
        let pieces = body
            .split('<')
            .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
        let text = pieces.collect::<Vec<_>>().join(" ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
