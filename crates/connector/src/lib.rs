//! The connector format: parse, validate, compile, build a request, read an answer, search: pure.
