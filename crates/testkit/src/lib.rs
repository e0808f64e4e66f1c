//! For tests alone: a running server, fake platforms, a database for each test.
