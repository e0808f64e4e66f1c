-- Columns are TEXT, BIGINT and BYTEA alone, so that both databases are read by the same code. Times are milliseconds
-- since 1970, flags are 0 and 1. Texts that are compared or ordered have the collation "C", which orders by bytes as
-- the other database does.

CREATE TABLE installation (
    id BIGINT NOT NULL CONSTRAINT installation_pkey PRIMARY KEY CHECK (id = 1),
    hash_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    id TEXT COLLATE "C" NOT NULL CONSTRAINT accounts_pkey PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL CONSTRAINT accounts_name UNIQUE,
    created_at BIGINT NOT NULL
);
CREATE INDEX accounts_listed ON accounts (created_at, id);

-- A name has up to 10,000 characters, which no index takes: its SHA-256 stands for it.
CREATE TABLE users (
    id TEXT COLLATE "C" NOT NULL CONSTRAINT users_pkey PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    name TEXT COLLATE "C" NOT NULL,
    name_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT users_name UNIQUE (account_id, name_hash),
    CONSTRAINT users_account UNIQUE (account_id, id)
);
CREATE INDEX users_listed ON users (account_id, created_at, id);

CREATE TABLE api_keys (
    id TEXT COLLATE "C" NOT NULL CONSTRAINT api_keys_pkey PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    role TEXT NOT NULL,
    user_bound BIGINT NOT NULL,
    digest BYTEA NOT NULL CONSTRAINT api_keys_digest UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id)
);
CREATE INDEX api_keys_listed ON api_keys (account_id, created_at, id);
CREATE INDEX api_keys_user ON api_keys (user_id);

CREATE TABLE servers (
    id TEXT COLLATE "C" NOT NULL CONSTRAINT servers_pkey PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    mode TEXT NOT NULL,
    is_public BIGINT NOT NULL,
    restrictions TEXT NOT NULL,
    custom_instructions TEXT,
    token_digest BYTEA NOT NULL,
    token_sealed BYTEA NOT NULL,
    token_expires_at BIGINT,
    token_days BIGINT,
    old_token_digest BYTEA,
    old_token_expires_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT servers_name UNIQUE (owner_id, name),
    FOREIGN KEY (account_id, owner_id) REFERENCES users (account_id, id)
);
CREATE INDEX servers_listed ON servers (owner_id, created_at, id);

-- made_through names a server that may be gone: the credential stays, and stays bound to it.
CREATE TABLE credentials (
    id TEXT COLLATE "C" NOT NULL CONSTRAINT credentials_pkey PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    connector_owner TEXT NOT NULL,
    connector_id TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    made_through TEXT,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id)
);
CREATE INDEX credentials_listed ON credentials (user_id, created_at, id);
CREATE INDEX credentials_connector ON credentials (user_id, connector_id, created_at, id);

CREATE TABLE ended_sessions (
    digest BYTEA NOT NULL CONSTRAINT ended_sessions_pkey PRIMARY KEY,
    ends_at BIGINT NOT NULL
);
CREATE INDEX ended_sessions_ends ON ended_sessions (ends_at);

-- The audit log refers to nothing, since it outlives what it tells of.
CREATE TABLE audit (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    acting_user TEXT,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    client_address TEXT,
    details TEXT NOT NULL
);
CREATE INDEX audit_listed ON audit (account_id, seq);

CREATE TABLE changes (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL
);
CREATE INDEX changes_at ON changes (at);

-- Sums of calls. They refer to nothing, since they outlive what they count.
CREATE TABLE usage_hours (
    account_id TEXT COLLATE "C" NOT NULL,
    hour BIGINT NOT NULL,
    server_id TEXT COLLATE "C" NOT NULL,
    connector_id TEXT COLLATE "C" NOT NULL,
    action_id TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    calls BIGINT NOT NULL,
    total_ms BIGINT NOT NULL,
    CONSTRAINT usage_hours_pkey PRIMARY KEY (account_id, hour, server_id, connector_id, action_id, outcome)
);
