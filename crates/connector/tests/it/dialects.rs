//! Every platform's own dialect of OAuth, limits and errors: a small connector file for each in `dialects/`, and the
//! platform's answers as it documents them.

mod code_flow;
mod player;
