-- Keys that verify the JWTs of an account: exactly one of the three is there. An issuer has at most 512 characters and a
-- kid at most 256, so that an index takes them.
CREATE TABLE jwt_keys (
    id TEXT NOT NULL CONSTRAINT jwt_keys_pkey PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    algorithm TEXT,
    secret BLOB,
    public_key TEXT,
    jwks_url TEXT,
    kid TEXT,
    issuer TEXT,
    audience TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX jwt_keys_listed ON jwt_keys (account_id, created_at, id);
CREATE INDEX jwt_keys_issuer ON jwt_keys (issuer);
CREATE INDEX jwt_keys_kid ON jwt_keys (kid);
