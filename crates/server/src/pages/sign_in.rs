//! Signing in and out.

mod choose;
mod leave;
mod password;
mod provider;
mod visit;

pub(crate) use choose::sign_in_page;
pub(crate) use leave::{sign_out, sign_out_page};
pub(crate) use password::sign_in_by_password;
pub(crate) use provider::{sign_in_at_provider, sign_in_from_provider};
pub(crate) use visit::{VisitorCookie, to_sign_in};

/// The visitor's cookie: who was proven to sit at this browser.
pub(crate) const VISITOR: &str = "solder_visitor";

/// What the token of an attempt's form is for.
fn purpose(attempt: &str) -> String {
    format!("sign-in {attempt}")
}
