//! Every platform's own dialect of OAuth, limits and errors: a small connector file for each in `dialects/`, and the
//! platform's answers as it documents them.

mod answers;
mod code_flow;
mod discovery;
mod hosts;
mod keys;
mod nearly_standard;
mod player;
mod without_browser;
