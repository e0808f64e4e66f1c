//! The parameters of a request to an OAuth endpoint: each at most once, and empty ones as if they were not there
//! (RFC 6749, 3.1 and 3.2).

use super::refusal::{OauthError, OauthRefusal};
use std::net::IpAddr;

/// A form that was posted to an OAuth endpoint.
pub struct OauthForm<'a> {
    /// Its fields, decoded.
    pub fields: &'a [(String, String)],
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The client's address, as the trusted proxies tell it.
    pub from: IpAddr,
}

impl std::fmt::Debug for OauthForm<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "OauthForm({} fields)", self.fields.len())
    }
}

impl OauthForm<'_> {
    /// The one value of a parameter.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, OauthRefusal> {
        one(self.fields, name)
            .map_err(|_twice| OauthRefusal::new(OauthError::InvalidRequest, format!("{name} is sent twice")))
    }

    /// The one value of a parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, OauthRefusal> {
        self.one(name)?
            .ok_or_else(|| OauthRefusal::new(OauthError::InvalidRequest, format!("{name} is missing")))
    }
}

/// A parameter was sent more than once.
#[derive(Debug)]
pub(super) struct Twice;

/// The one value of a parameter; an empty one is none.
pub(super) fn one<'a>(fields: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Twice> {
    let mut values = fields.iter().filter(|(key, _)| key == name);
    let first = values.next();
    if values.next().is_some() {
        return Err(Twice);
    }
    Ok(first
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::one;

    #[test]
    fn a_parameter_counts_once_or_not_at_all() {
        let fields = [("a", "1"), ("b", ""), ("c", "1"), ("c", "1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(one(&fields, "a").unwrap(), Some("1"));
        assert_eq!(one(&fields, "b").unwrap(), None);
        assert_eq!(one(&fields, "d").unwrap(), None);
        assert!(one(&fields, "c").is_err());
    }
}
