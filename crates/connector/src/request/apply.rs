//! A credential's way into a request.

use super::{Names, connection, encode, missing};
use crate::BuildError;
use crate::auth::Apply;
use crate::template::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderValue};

/// Puts the credential in. Headers with secrets are marked sensitive. An optional secret that was not given leaves its way
/// out; a required one that is missing is a fault.
pub(crate) fn apply(names: &Names<'_>, url: &mut String, headers: &mut HeaderMap) -> Result<(), BuildError> {
    let Some((auth, _)) = names.input.auth else {
        return Ok(());
    };
    let render = |template: &Template| match template.render(|name| names.secret(name)) {
        Ok(text) => Ok(Some(text)),
        Err(name) if auth.is_optional(&name) => Ok(None),
        Err(name) => Err(missing(&name)),
    };
    for way in &auth.apply {
        match way {
            Apply::Header(name, value) => {
                if let Some(text) = render(value)? {
                    headers.insert(name.clone(), sensitive(&text)?);
                }
            }
            Apply::Query(name, value) => {
                if let Some(text) = render(value)? {
                    add_query(url, name, &text);
                }
            }
            Apply::Cookie(name, value) => {
                if let Some(text) = render(value)? {
                    add_cookie(headers, name, &text)?;
                }
            }
            Apply::Basic(user, password) => {
                if let (Some(user), Some(password)) = (render(user)?, render(password)?) {
                    if user.contains(':') {
                        return Err(connection(
                            "",
                            "has a `:` in the user of HTTP Basic, which cannot be sent",
                        ));
                    }
                    let text = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
                    headers.insert(AUTHORIZATION, sensitive(&text)?);
                }
            }
            // It stands in the base already.
            Apply::Path => {}
        }
    }
    Ok(())
}

pub(crate) fn sensitive(text: &str) -> Result<HeaderValue, BuildError> {
    let mut value = HeaderValue::from_str(text).map_err(|_bad_value| {
        connection(
            "",
            "holds characters that cannot stand in a header: connect again",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn add_query(url: &mut String, name: &str, value: &str) {
    url.push(if url.contains('?') { '&' } else { '?' });
    encode::push(url, name);
    url.push('=');
    encode::push(url, value);
}

fn add_cookie(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), BuildError> {
    let plain = |byte: u8| matches!(byte, b'!' | b'#'..=b'+' | b'-'..=b':' | b'<'..=b'[' | b']'..=b'~');
    if !value.bytes().all(plain) {
        return Err(connection(
            "",
            "holds characters that cannot stand in a cookie: connect again",
        ));
    }
    let before = headers.get(COOKIE).and_then(|value| value.to_str().ok());
    let text = before.map_or_else(
        || format!("{name}={value}"),
        |before| format!("{before}; {name}={value}"),
    );
    headers.insert(COOKIE, sensitive(&text)?);
    Ok(())
}
