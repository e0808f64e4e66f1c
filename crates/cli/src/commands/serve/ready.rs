//! What is told when the server is ready: to a person, how to connect; to a program, one line of JSON.

use super::Start;
use super::first_start::{self, First, USER};
use crate::data_folder::DataFolder;
use crate::failure::{Failure, Result};
use crate::print;
use serde_json::{Value, json};
use solder_engine::{Engine, ServerView};
use solder_model::Secret;

/// The facts.
pub(super) struct Ready {
    url: String,
    folder: String,
    account: Option<String>,
    new: Option<(Secret, ServerView)>,
}

impl Ready {
    pub(super) async fn new(
        url: String,
        folder: &DataFolder,
        first: Option<First>,
        engine: &Engine,
    ) -> Result<Self> {
        let folder = folder.path().display().to_string();
        let (account, key) = match first {
            Some(First { account, key }) => (Some(account.name), key),
            None => (None, None),
        };
        let new = match key {
            Some(key) => {
                let server = first_start::server(engine, &key).await?;
                Some((key, server))
            }
            None => None,
        };
        Ok(Self {
            url,
            folder,
            account,
            new,
        })
    }

    /// Tells it.
    pub(super) fn tell(&self, start: Start, json: bool) -> Result<()> {
        match (start, json, &self.new) {
            (_, true, _) => print::json(&self.json()?),
            (_, false, Some((key, server))) => print::line(&self.welcome(key, server)?),
            (Start::Up, false, None) => print::line(&self.again()),
            (Start::Serve, false, None) => print::line(&format!("Solder serves at {}", self.url)),
        }
    }

    fn json(&self) -> Result<Value> {
        let mut line = serde_json::Map::from_iter([("url".to_owned(), json!(self.url))]);
        if let Some(account) = &self.account {
            line.insert("account".to_owned(), json!(account));
            line.insert("userId".to_owned(), json!(USER));
        }
        if let Some((key, server)) = &self.new {
            line.insert("apiKey".to_owned(), json!(key.expose()));
            let server =
                serde_json::to_value(server).map_err(|error| Failure::because("the server", &error))?;
            line.insert("server".to_owned(), server);
        }
        Ok(Value::Object(line))
    }

    fn welcome(&self, key: &Secret, server: &ServerView) -> Result<String> {
        let access = server.access_url.as_deref().unwrap_or(&server.url);
        let snippet = json!({ "mcpServers": { "solder": { "type": "http", "url": access } } });
        let snippet = serde_json::to_string_pretty(&snippet)
            .map_err(|error| Failure::because("the snippet", &error))?;
        Ok(format!(
            "\
Solder is up at {url}

  API key    {key}
             for the management API; it is shown this once
  User       {USER} of account {account}
  Server     {server}
  Token URL  {access}
             any MCP client can use the server by it, so it is as secret as a password

Connect an assistant: give it the token URL, or put this into its MCP settings

{snippet}

See the server's tools from a terminal

  curl -s {access} \\
    -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \\
    -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}}'

Data is in {folder}. Ctrl-C stops.
",
            url = self.url,
            key = key.expose(),
            account = self.account.as_deref().unwrap_or_default(),
            server = server.server_id,
            folder = self.folder,
        ))
    }

    fn again(&self) -> String {
        format!(
            "\
Solder is up at {url}

  Account    {account}
  API key    as it was shown at the first start; `solder keys create --role admin` makes another
  Servers    curl -s {url}/api/servers -H \"Authorization: Bearer $KEY\"

Data is in {folder}. Ctrl-C stops.
",
            url = self.url,
            account = self.account.as_deref().unwrap_or_default(),
            folder = self.folder,
        )
    }
}
