//! Takes the identity headers apart. Empty, repeated, over-long and unreadable ones are refused, all of them at
//! once, and never taken as absent: a caller who meant to name a user must not act as somebody else.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use solder_engine::{Authorization, Identity, UserToken};
use solder_model::{Fault, Problem, UserName};
use std::net::IpAddr;

/// `x-alloy-userid`: the user that a key acts as.
pub(crate) const USER_ID: HeaderName = HeaderName::from_static("x-alloy-userid");
/// `x-alloy-user-token`: a JWT of the user.
pub(crate) const USER_TOKEN: HeaderName = HeaderName::from_static("x-alloy-user-token");
/// `x-credential-id`: forces a credential.
pub(crate) const CREDENTIAL_ID: HeaderName = HeaderName::from_static("x-credential-id");
/// `x-redirect-uri`: where a sign-in lands afterwards.
pub(crate) const REDIRECT_URI: HeaderName = HeaderName::from_static("x-redirect-uri");
/// `x-mcp-server-id`: the server, where the path does not name one.
pub(crate) const SERVER_ID: HeaderName = HeaderName::from_static("x-mcp-server-id");

/// Longest texts that are taken, in bytes. User ids have a rule of their own.
const MAX_ID: usize = 1_000;
const MAX_URI: usize = 8_192;
const MAX_TOKEN: usize = 16_384;
const MAX_JWT: usize = 8_192;

/// The identity headers of a request.
#[derive(Debug)]
pub(crate) struct IdentityHeaders<'h> {
    authorization: Authorization<'h>,
    user_name: Option<UserName>,
    user_token: Option<UserToken<'h>>,
    /// `x-credential-id`.
    pub(crate) credential: Option<&'h str>,
    /// `x-mcp-server-id`.
    pub(crate) server: Option<&'h str>,
    /// `x-redirect-uri`.
    pub(crate) redirect_uri: Option<&'h str>,
}

impl<'h> IdentityHeaders<'h> {
    /// Reads them, or lists everything that is wrong with them.
    pub(crate) fn read(headers: &'h HeaderMap) -> Result<Self, Problem> {
        let mut reader = Reader {
            headers,
            faults: Vec::new(),
        };
        let authorization = reader
            .text(&AUTHORIZATION, MAX_TOKEN)
            .map_or(Authorization::Absent, scheme);
        let user_name = reader.user_name();
        let user_token = reader.text(&USER_TOKEN, MAX_JWT).map(UserToken);
        let credential = reader.text(&CREDENTIAL_ID, MAX_ID);
        let redirect_uri = reader.text(&REDIRECT_URI, MAX_URI);
        let server = reader.text(&SERVER_ID, MAX_ID);
        if reader.faults.is_empty() {
            Ok(Self {
                authorization,
                user_name,
                user_token,
                credential,
                server,
                redirect_uri,
            })
        } else {
            Err(Problem::invalid(&reader.faults))
        }
    }

    /// What the request says of itself, for authentication.
    pub(crate) fn identity(&self, client: IpAddr) -> Identity<'_> {
        Identity {
            authorization: self.authorization,
            user_name: self.user_name.as_ref(),
            user_token: self.user_token,
            client,
        }
    }

    /// Whether anything was sent that could have let the caller in.
    pub(crate) fn has_proof(&self) -> bool {
        self.user_token.is_some() || !matches!(self.authorization, Authorization::Absent)
    }
}

struct Reader<'h> {
    headers: &'h HeaderMap,
    faults: Vec<Fault>,
}

impl<'h> Reader<'h> {
    /// The one value of a header, where it is there and readable.
    fn text(&mut self, name: &HeaderName, most: usize) -> Option<&'h str> {
        let mut sent = self.headers.get_all(name).iter();
        let value = sent.next()?;
        if sent.next().is_some() {
            self.fault(name, "must be sent once");
            return None;
        }
        let Ok(text) = std::str::from_utf8(value.as_bytes()) else {
            self.fault(name, "must be UTF-8");
            return None;
        };
        if text.is_empty() {
            self.fault(name, "must not be empty: leave the header out instead");
        } else if text.len() > most {
            self.fault(name, format!("must be at most {most} bytes long"));
        } else {
            return Some(text);
        }
        None
    }

    fn user_name(&mut self) -> Option<UserName> {
        // Length is the user id's own rule, which counts characters.
        let text = self.text(&USER_ID, usize::MAX)?;
        match UserName::new(text) {
            Ok(name) => Some(name),
            Err(_rule) => {
                self.fault(&USER_ID, "must be at most 10,000 characters long");
                None
            }
        }
    }

    fn fault(&mut self, name: &HeaderName, message: impl Into<String>) {
        self.faults.push(Fault::new(name.as_str(), message));
    }
}

/// `Bearer` and the token; the scheme's name is matched without regard to case (RFC 9110, 11.1).
fn scheme(text: &str) -> Authorization<'_> {
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => match token.trim_matches(' ') {
            "" => Authorization::Other,
            token => Authorization::Bearer(token),
        },
        _ => Authorization::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::IdentityHeaders;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use solder_engine::Authorization;
    use std::net::{IpAddr, Ipv4Addr};

    fn headers(lines: &[(&'static str, &[u8])]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value).unwrap(),
            );
        }
        headers
    }

    #[test]
    fn good_headers_are_taken_as_they_are() {
        let sent = headers(&[
            ("authorization", b"bEARER  sk_abc "),
            ("x-alloy-userid", "Zoë".as_bytes()),
        ]);
        let read = IdentityHeaders::read(&sent).unwrap();
        let identity = read.identity(IpAddr::V4(Ipv4Addr::LOCALHOST));
        assert!(matches!(identity.authorization, Authorization::Bearer("sk_abc")));
        assert_eq!(identity.user_name.unwrap().as_str(), "Zoë");
        assert!(identity.user_token.is_none() && read.has_proof());
    }

    #[test]
    fn another_scheme_and_a_bearer_without_a_token_are_proofs_that_do_not_hold() {
        for value in ["Basic abc", "Bearer", "Bearer ", "sk_abcdefghijklmnop"] {
            let sent = headers(&[("authorization", value.as_bytes())]);
            let read = IdentityHeaders::read(&sent).unwrap();
            assert!(matches!(read.authorization, Authorization::Other), "{value}");
        }
    }

    #[test]
    fn every_fault_is_listed_with_its_header() {
        let long = "é".repeat(10_001);
        let sent = headers(&[
            ("authorization", b"Bearer a"),
            ("authorization", b"Bearer b"),
            ("x-alloy-userid", long.as_bytes()),
            ("x-alloy-user-token", b""),
            ("x-credential-id", b"\xff"),
            ("x-redirect-uri", b""),
            ("x-mcp-server-id", b""),
        ]);
        let problem = IdentityHeaders::read(&sent).unwrap_err();
        let named: Vec<&str> = problem.details["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["field"].as_str().unwrap())
            .collect();
        let all = [
            "authorization",
            "x-alloy-userid",
            "x-alloy-user-token",
            "x-credential-id",
            "x-redirect-uri",
            "x-mcp-server-id",
        ];
        assert_eq!(named, all);
    }

    #[test]
    fn a_user_id_of_ten_thousand_characters_is_taken() {
        let long = "é".repeat(10_000);
        assert!(IdentityHeaders::read(&headers(&[("x-alloy-userid", long.as_bytes())])).is_ok());
    }
}
