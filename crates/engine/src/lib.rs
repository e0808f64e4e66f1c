//! The rules: the call path, management operations, caches, outbound HTTP.
