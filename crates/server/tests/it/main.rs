//! The HTTP surface from outside: a real router, a real database, a fake world.

mod batches;
mod bodies;
mod credentials;
mod edge;
mod errors;
mod execute;
mod hosts;
mod identity;
mod isolation;
mod legacy;
mod limits;
mod listener;
mod modern;
mod openapi;
mod restrictions;
mod servers;
mod sessions;
mod tokens;
mod warm;
