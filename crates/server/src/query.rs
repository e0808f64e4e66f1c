//! Reads query strings. Parameters that nobody knows are ignored; those that are known must be right.

use crate::problem::Failure;
use axum::extract::FromRequestParts;
use http::Uri;
use http::request::Parts;
use serde_json::{Map, Value};
use solder_engine::ConnectorFilter;
use solder_model::{BadTimestamp, Fault, Page, Problem, Timestamp};
use std::borrow::Cow;

/// The known parameters of the lists.
#[derive(Debug)]
pub(crate) struct ListQuery {
    /// The page that is asked for.
    pub(crate) page: Page,
    /// `connectorId`, where it was sent.
    pub(crate) connector: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        Self::read(parts.uri.query().unwrap_or_default()).map_err(|faults| Problem::invalid(&faults).into())
    }
}

impl ListQuery {
    fn read(query: &str) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader::new(query);
        let page = reader.page();
        let connector = reader.one("connectorId").map(Cow::into_owned);
        reader.finish(Self { page, connector })
    }
}

/// The longest words that connectors are searched by, in characters.
const MAX_WORDS: usize = 1_000;

/// The known parameters of the list of connectors.
#[derive(Debug)]
pub(crate) struct ConnectorQuery {
    /// The page that is asked for.
    pub(crate) page: Page,
    /// `category` and `query`.
    pub(crate) filter: ConnectorFilter,
}

impl<S: Send + Sync> FromRequestParts<S> for ConnectorQuery {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        Self::read(parts.uri.query().unwrap_or_default()).map_err(|faults| Problem::invalid(&faults).into())
    }
}

impl ConnectorQuery {
    fn read(query: &str) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader::new(query);
        let page = reader.page();
        let category = reader.words("category");
        let query = reader.words("query");
        reader.finish(Self {
            page,
            filter: ConnectorFilter { category, query },
        })
    }
}

/// The known parameters of a list of choices; all others are arguments of the action.
#[derive(Debug)]
pub(crate) struct OptionsQuery {
    /// `q`; empty where nothing was sent.
    pub(crate) typed: String,
    /// `credentialId`.
    pub(crate) credential: Option<String>,
    /// Arguments of the action, as texts.
    pub(crate) arguments: Map<String, Value>,
}

impl<S: Send + Sync> FromRequestParts<S> for OptionsQuery {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        Self::read(parts.uri.query().unwrap_or_default()).map_err(|faults| Problem::invalid(&faults).into())
    }
}

impl OptionsQuery {
    fn read(query: &str) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader::new(query);
        let typed = reader.one("q").unwrap_or_default().into_owned();
        if typed.chars().count() > MAX_WORDS {
            let message = format!("must be {MAX_WORDS} characters long at most");
            reader.faults.push(Fault::new("q", message));
        }
        let credential = reader.text("credentialId");
        let own = ["q", "credentialId", "serverId"];
        let others =
            form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !own.contains(&name.as_ref()));
        let arguments = others
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect();
        reader.finish(Self {
            typed,
            credential,
            arguments,
        })
    }
}

/// `serverId`, where it was sent.
pub(crate) fn server_id(query: &str) -> Result<Option<String>, Problem> {
    let mut reader = Reader::new(query);
    let id = reader.one("serverId").map(Cow::into_owned);
    reader.finish(id).map_err(|faults| Problem::invalid(&faults))
}

/// Reads the parameters of one endpoint, and remembers everything that was wrong.
pub(crate) struct Reader<'q> {
    query: &'q str,
    faults: Vec<Fault>,
}

impl<'q> Reader<'q> {
    const fn new(query: &'q str) -> Self {
        Self {
            query,
            faults: Vec::new(),
        }
    }

    /// A reader of a request's query.
    pub(crate) fn of(uri: &'q Uri) -> Self {
        Self::new(uri.query().unwrap_or_default())
    }

    /// Refuses the request if anything was wrong.
    pub(crate) fn done(self) -> Result<(), Problem> {
        self.finish(()).map_err(|faults| Problem::invalid(&faults))
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let value = self.one(name)?;
        if value.is_empty() || value.contains('\0') {
            self.faults.push(Fault::new(
                name,
                "must be a text that is not empty, without U+0000",
            ));
            return None;
        }
        Some(value.into_owned())
    }

    /// A moment as RFC 3339 writes it.
    pub(crate) fn moment(&mut self, name: &str) -> Option<Timestamp> {
        let value = self.one(name)?;
        match value.parse() {
            Ok(moment) => Some(moment),
            Err(bad) => {
                let bad: BadTimestamp = bad;
                self.faults.push(Fault::new(name, bad.to_string()));
                None
            }
        }
    }

    /// `limit` and `offset`.
    fn page(&mut self) -> Page {
        let most = u64::from(Page::MOST);
        let limit = self.number("limit", 1, most, "must be a whole number from 1 to 1000");
        let offset = self.number("offset", 0, i64::MAX as u64, "must be a whole number, 0 or more");
        let limit = limit.and_then(|limit| u32::try_from(limit).ok());
        Page {
            limit: limit.unwrap_or(Page::MOST),
            offset: offset.unwrap_or(0),
        }
    }

    /// A text that is not blank.
    fn words(&mut self, name: &'static str) -> Option<String> {
        let text = self.one(name)?.into_owned();
        if text.trim().is_empty() || text.chars().count() > MAX_WORDS {
            self.faults.push(Fault::new(
                name,
                format!("must be 1 to {MAX_WORDS} characters long and not blank: leave it out instead"),
            ));
            return None;
        }
        Some(text)
    }

    /// What was read, if nothing was wrong.
    fn finish<T>(self, read: T) -> Result<T, Vec<Fault>> {
        if self.faults.is_empty() {
            Ok(read)
        } else {
            Err(self.faults)
        }
    }

    /// The value of a parameter, which is sent once at most.
    pub(crate) fn one(&mut self, name: &str) -> Option<Cow<'q, str>> {
        let mut sent = form_urlencoded::parse(self.query.as_bytes()).filter(|(key, _)| key == name);
        let (_, value) = sent.next()?;
        if sent.next().is_some() {
            self.faults.push(Fault::new(name, "must be sent once"));
            return None;
        }
        Some(value)
    }

    fn number(&mut self, name: &str, least: u64, most: u64, rule: &str) -> Option<u64> {
        let value = self.one(name)?;
        let digits = Some(&value).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits
            .and_then(|text| text.parse().ok())
            .filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.faults.push(Fault::new(name, rule));
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnectorQuery, ListQuery, server_id};

    #[test]
    fn absent_parameters_have_defaults_and_unknown_ones_are_ignored() {
        let read = ListQuery::read("cursor=x&foo").unwrap();
        assert_eq!(
            (read.page.limit, read.page.offset, read.connector),
            (1_000, 0, None)
        );
        let read = ListQuery::read("limit=1&offset=7&connectorId=sl%61ck").unwrap();
        assert_eq!(
            (read.page.limit, read.page.offset, read.connector.as_deref()),
            (1, 7, Some("slack"))
        );
    }

    #[test]
    fn every_bad_parameter_is_listed() {
        for bad in [
            "0",
            "1001",
            "-1",
            "1.5",
            "",
            "x",
            "99999999999999999999",
            "+1",
            "1%00",
        ] {
            assert_eq!(
                ListQuery::read(&format!("limit={bad}")).unwrap_err()[0].field,
                "limit",
                "{bad}"
            );
        }
        let faults = ListQuery::read("limit=x&offset=-1&connectorId=a&connectorId=b").unwrap_err();
        let named: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(named, ["limit", "offset", "connectorId"]);
    }

    #[test]
    fn filters_of_connectors_are_words_and_a_server_is_named_once() {
        let read = ConnectorQuery::read("category=crm&query=send%20a+message&limit=2").unwrap();
        assert_eq!(read.filter.category.as_deref(), Some("crm"));
        assert_eq!(read.filter.query.as_deref(), Some("send a message"));
        assert_eq!(read.page.limit, 2);
        let long = "x".repeat(1_001);
        let faults = ConnectorQuery::read(&format!("limit=0&category=%20&query={long}")).unwrap_err();
        let named: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(named, ["limit", "category", "query"]);
        assert_eq!(server_id("serverId=a-b").unwrap().as_deref(), Some("a-b"));
        assert_eq!(server_id("limit=x").unwrap(), None);
        assert!(server_id("serverId=a&serverId=a").is_err());
    }
}
