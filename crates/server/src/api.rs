//! The management API: one endpoint, one file.

pub(crate) mod audit;
pub(crate) mod connect_tickets;
pub(crate) mod connectors;
pub(crate) mod credentials;
pub(crate) mod health;
pub(crate) mod identity_providers;
pub(crate) mod jwt_keys;
pub(crate) mod keys;
pub(crate) mod oauth_apps;
pub(crate) mod oauth_clients;
pub(crate) mod oauth_grants;
pub(crate) mod openapi_document;
pub(crate) mod redirect_uris;
pub(crate) mod servers;
pub(crate) mod users;
