//! The HTTP surface from outside: a real router, a real database, a fake world.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "a test that cannot go on ends"
)]
#![expect(
    clippy::cognitive_complexity,
    reason = "a test is a straight list of what must hold, and each line counts as a branch"
)]

mod authorization;
mod batches;
mod bodies;
mod broker;
mod choices;
mod connect;
mod connect_tickets;
mod connectors;
mod credentials;
mod dialects;
mod discover;
mod edge;
mod errors;
mod execute;
mod executions;
mod fields;
mod files;
mod hosts;
mod identity;
mod imports;
mod isolation;
mod jwks;
mod jwt;
mod jwt_attacks;
mod jwt_keys;
mod keys;
mod legacy;
mod limits;
mod listener;
mod modern;
mod openapi;
mod own_connectors;
mod own_hosts;
mod pages;
mod restrictions;
mod rotation;
mod servers;
mod sessions;
mod sign_in;
mod sign_in_provider;
mod tokens;
mod uploads;
mod users;
mod warm;
