//! An HTTP answer, read to its end.

use serde_json::Value;

/// An HTTP answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// Reads an answer to its end.
    ///
    /// # Panics
    ///
    /// Where it breaks off.
    pub async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        // A file may be no text; whoever wants its bytes asks for them without this.
        let body = response.bytes().await.expect("the body arrives");
        let text = String::from_utf8_lossy(&body).into_owned();
        Self {
            status,
            headers,
            text,
        }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| {
            let text = &self.text;
            panic!("no JSON ({error}): {} {text}", self.status)
        })
    }

    /// A header as text; empty where it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a header of text"))
    }

    /// The envelope's error.
    pub fn error(&self) -> Value {
        self.json()["error"].clone()
    }

    /// The envelope's code; empty where there is none.
    pub fn code(&self) -> String {
        self.error()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The fields that the envelope's faults name.
    pub fn faults(&self) -> Vec<String> {
        let faults = self.error()["details"]["faults"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        faults
            .iter()
            .map(|fault| fault["field"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// The JSON-RPC message: the body, or the data of the only event of the stream.
    pub fn message(&self) -> Value {
        if !self.header("content-type").starts_with("text/event-stream") {
            return self.json();
        }
        let event = self
            .text
            .strip_prefix("event: message\ndata: ")
            .expect("one event of a message");
        let data = event.strip_suffix("\n\n").expect("the event ends the stream");
        assert!(!data.contains('\n'), "the message stands on one line: {data}");
        serde_json::from_str(data).expect("the data is JSON")
    }

    /// The result of a tool's call as JSON, and whether it is an error.
    pub fn tool(&self) -> (bool, Value) {
        let message = self.message();
        let result = &message["result"];
        let text = result["content"][0]["text"]
            .as_str()
            .unwrap_or_else(|| panic!("no result of a tool: {} {}", self.status, self.text));
        (
            result["isError"] == true,
            serde_json::from_str(text).expect("the text is JSON"),
        )
    }
}
