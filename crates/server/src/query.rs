//! Reads query strings. Parameters that nobody knows are ignored; those that are known must be right.

use crate::problem::Failure;
use axum::extract::FromRequestParts;
use http::request::Parts;
use solder_model::{Fault, Page, Problem};
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
        let mut reader = Reader {
            query,
            faults: Vec::new(),
        };
        let limit = reader.number(
            "limit",
            1,
            u64::from(Page::MOST),
            "must be a whole number from 1 to 1000",
        );
        let offset = reader.number("offset", 0, i64::MAX as u64, "must be a whole number, 0 or more");
        let connector = reader.one("connectorId").map(Cow::into_owned);
        if !reader.faults.is_empty() {
            return Err(reader.faults);
        }
        let limit = limit
            .and_then(|limit| u32::try_from(limit).ok())
            .unwrap_or(Page::MOST);
        Ok(Self {
            page: Page {
                limit,
                offset: offset.unwrap_or(0),
            },
            connector,
        })
    }
}

struct Reader<'q> {
    query: &'q str,
    faults: Vec<Fault>,
}

impl<'q> Reader<'q> {
    /// The value of a parameter, which is sent once at most.
    fn one(&mut self, name: &str) -> Option<Cow<'q, str>> {
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
    use super::ListQuery;

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
}
