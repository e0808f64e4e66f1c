//! Pages for people: rendered here, without script, behind a strict content security policy.
//!
//! A page is a template of `templates/` that extends `base.html`, and a struct beside its handler. [`Page`] gives it
//! its headers, [`Browser`] knows the browser again, [`Form`] reads what was posted and [`Notice`] says one thing.
//! A form that changes something carries a token of its browser and purpose, which the handler checks first.

mod browser;
pub(crate) mod connect;
pub(crate) mod connected;
mod cookie;
mod form;
mod notice;
mod page;
mod sign_in;

pub(crate) use browser::Browser;
pub(crate) use cookie::{Cookie, find_cookie};
pub(crate) use form::Form;
pub(crate) use notice::Notice;
pub(crate) use page::{Page, Shell, see_other};
pub(crate) use sign_in::{
    VISITOR, VisitorCookie, sign_in_at_provider, sign_in_by_password, sign_in_from_provider, sign_in_page,
    sign_out, sign_out_page, to_sign_in,
};

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// Where the stylesheet stands.
pub(crate) const STYLESHEET: &str = "/assets/solder.css";

const CSS: &str = include_str!("../assets/solder.css");

/// `GET /assets/solder.css`. Pages name it with its version, so that browsers may keep it.
pub(crate) async fn stylesheet() -> Response {
    let mut response = Response::new(Body::from(CSS));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    response
}

/// A number that changes with the stylesheet: FNV-1a of its bytes.
const fn css_version() -> u64 {
    let mut bytes = CSS.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    while let Some((byte, rest)) = bytes.split_first() {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0100_0000_01b3);
        bytes = rest;
    }
    hash
}

const CSS_VERSION: u64 = css_version();
