//! The connector format: parse, validate, compile, build a request, read an answer, search: pure.
//!
//! A connector is data, one TOML file; `docs/reference/connector-format.md` says what it holds. [`parse`] makes a
//! [`Connector`] of it in which templates, pointers and schemas stand ready. [`Connector::build`] makes the platform's
//! request of a caller's arguments and a credential, and [`Connector::read`] makes of the platform's answer a value or a
//! failure that can be acted on. Nothing here waits, opens a file or speaks to a network.

mod action;
mod auth;
mod built_in;
mod connector;
mod destinations;
mod encoding;
mod errors;
mod example;
mod fault;
mod file;
mod html;
pub mod import;
mod limits;
mod load;
mod oauth;
mod options;
mod pagination;
mod param;
mod pointer;
mod reading;
mod request;
mod schema;
mod search;
mod settle;
mod spec_check;
mod summary;
mod template;
mod upload;

pub use action::{Action, BodyKind, Kind};
pub use auth::{Auth, Scheme, SecretField};
pub use built_in::{built_in, built_in_examples};
pub use connector::{Connector, Resource, Variable};
pub use destinations::Destination;
pub use example::{Played, Subject, play};
pub use fault::{BuildError, LoadFault, nearest_few};
pub use file::{Around, Coming, ComingFile, FileFrom, file_bytes};
pub use load::{parse, parse_known};
pub use oauth::{
    Asked, Consent, DeviceCode, DevicePoll, Discover, Endpoints, Found, Grant, OAuth, OAuthApp, OAuthInput,
    Rotate, Scopes, TokenFailure, Tokens, Unsigned,
};
pub use options::{Choice, Options};
pub use param::{ListStyle, Param, Place};
pub use reading::{Answer, Failure, Reading};
pub use request::BuildInput;
pub use search::{Hit, Index};
pub use settle::{Cut, Settled};
pub use spec_check::{ApiDescription, Difference, SpecReport, spec_check};
pub use summary::{ActionSummary, Summary};
pub use upload::Session;
