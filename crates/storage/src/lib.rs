//! SQL, migrations and the change feed.
