-- By which ways callers come in to a server: words with a space between. Servers that were made before take every way.
ALTER TABLE servers ADD COLUMN ways_in TEXT NOT NULL DEFAULT 'tokenUrl apiKey oauth';

-- MCP clients that an admin registered (of an account) or that registered themselves (of none). Clients that are
-- described by a document of their own are in no table.
CREATE TABLE authorization_clients (
    id TEXT NOT NULL CONSTRAINT authorization_clients_pkey PRIMARY KEY,
    account_id TEXT REFERENCES accounts (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    secret_digest BLOB,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX authorization_clients_listed ON authorization_clients (account_id, created_at, id);

-- What waits for its user. The client's name and kind are those of the moment when it asked.
CREATE TABLE authorization_requests (
    digest BLOB NOT NULL CONSTRAINT authorization_requests_pkey PRIMARY KEY,
    browser BLOB NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    client_kind TEXT NOT NULL,
    client_name TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    state TEXT,
    scopes TEXT NOT NULL,
    challenge TEXT NOT NULL,
    ask_again BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX authorization_requests_expires ON authorization_requests (expires_at);
CREATE INDEX authorization_requests_server ON authorization_requests (server_id);

-- What a user allowed a client on a server, with the one code that it began with. It dies with its server and user.
CREATE TABLE authorization_grants (
    id TEXT NOT NULL CONSTRAINT authorization_grants_pkey PRIMARY KEY,
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    client_kind TEXT NOT NULL,
    client_name TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    challenge TEXT NOT NULL,
    code_digest BLOB NOT NULL CONSTRAINT authorization_grants_code UNIQUE,
    code_expires_at BIGINT NOT NULL,
    code_used_at BIGINT,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE INDEX authorization_grants_listed ON authorization_grants (user_id, created_at, id);
CREATE INDEX authorization_grants_server ON authorization_grants (server_id);
CREATE INDEX authorization_grants_expires ON authorization_grants (expires_at);

-- Refresh tokens that were exchanged stay until they end, so that a second use of one is noticed.
CREATE TABLE authorization_tokens (
    digest BLOB NOT NULL CONSTRAINT authorization_tokens_pkey PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES authorization_grants (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    scopes TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    replaced_at BIGINT
);
CREATE INDEX authorization_tokens_grant ON authorization_tokens (grant_id);
CREATE INDEX authorization_tokens_expires ON authorization_tokens (expires_at);
