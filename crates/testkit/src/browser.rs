//! A browser: it keeps cookies, posts forms as its pages have them, and follows a redirect only when it is told to.

use crate::{Answer, http_client};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A browser at one installation.
#[derive(Debug)]
pub struct Browser {
    http: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    /// A new browser, without cookies.
    pub fn new(base: &str) -> Self {
        Self {
            http: http_client(),
            base: base.to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// The value of a cookie; empty where there is none.
    pub fn cookie(&self, name: &str) -> String {
        self.cookies
            .lock()
            .unwrap()
            .get(name)
            .cloned()
            .unwrap_or_default()
    }

    /// Puts a cookie there, as somebody who sits at the browser can.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Opens a page: a path of the installation.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(format!("{}{path}", self.base))).await
    }

    /// Posts a form as a page of the installation does.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(&self.base.clone(), path, fields).await
    }

    /// Posts a form as a page of another origin does; the browser says so.
    pub async fn post_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let site = if origin == self.base {
            "same-origin"
        } else {
            "cross-site"
        };
        self.post_as(origin, site, path, fields).await
    }

    /// Posts a form with the origin and the site (`same-origin`, `cross-site`, …) that the browser tells.
    pub async fn post_as(&self, origin: &str, site: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", origin)
            .header("sec-fetch-site", site)
            .body(pairs.collect::<Vec<_>>().join("&"));
        self.send(request).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<String> = {
            let cookies = self.cookies.lock().unwrap();
            cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect()
        };
        let request = if cookies.is_empty() {
            request
        } else {
            request.header("cookie", cookies.join("; "))
        };
        let answer = Answer::read(request.send().await.expect("an answer")).await;
        let mut kept = self.cookies.lock().unwrap();
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().expect("a cookie of text");
            let (name, rest) = line.split_once('=').expect("a cookie has a value");
            let value = rest.split(';').next().unwrap_or_default();
            if line.contains("Max-Age=0") {
                kept.remove(name);
            } else {
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
        drop(kept);
        answer
    }
}

impl Answer {
    /// The value of a page's hidden field; empty where there is none.
    pub fn hidden(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let rest = self.text.split_once(&marker).map_or("", |(_, rest)| rest);
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

/// Everything but letters and digits as `%XX`.
fn encode(text: &str) -> String {
    let bytes = text.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    bytes.collect()
}
