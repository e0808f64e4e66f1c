//! Connecting by OAuth, from outside: the flow and what attacks it, apps, redirect URIs, tokens at call time.

mod acme;
mod apps;
mod attacks;
mod choice;
mod files;
mod flow;
mod issuers;
mod redirects;
mod tokens;
