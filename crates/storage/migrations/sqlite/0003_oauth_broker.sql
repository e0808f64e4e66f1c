-- What is known of a credential beside its secrets. A lease keeps two nodes from renewing the same tokens: who holds it
-- has until lease_until. sealed_before are the secrets before these, kept until these have been used.
ALTER TABLE credentials ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
ALTER TABLE credentials ADD COLUMN status_reason TEXT;
ALTER TABLE credentials ADD COLUMN identity TEXT;
ALTER TABLE credentials ADD COLUMN scopes TEXT;
ALTER TABLE credentials ADD COLUMN client_id TEXT;
ALTER TABLE credentials ADD COLUMN refreshable BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN issued_at BIGINT;
ALTER TABLE credentials ADD COLUMN expires_at BIGINT;
ALTER TABLE credentials ADD COLUMN ends_at BIGINT;
ALTER TABLE credentials ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN sealed_before BLOB;
ALTER TABLE credentials ADD COLUMN lease_holder TEXT;
ALTER TABLE credentials ADD COLUMN lease_until BIGINT;

CREATE TABLE oauth_apps (
    id TEXT NOT NULL CONSTRAINT oauth_apps_pkey PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    connector_owner TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret_sealed BLOB,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT oauth_apps_one UNIQUE (account_id, connector_owner, connector_id, kind)
);
CREATE INDEX oauth_apps_listed ON oauth_apps (account_id, created_at, id);

CREATE TABLE redirect_uris (
    id TEXT NOT NULL CONSTRAINT redirect_uris_pkey PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT redirect_uris_one UNIQUE (account_id, uri)
);
CREATE INDEX redirect_uris_listed ON redirect_uris (account_id, created_at, id);

-- Connections in the making. They refer to nothing, since what they name may be gone by the time that they end, and
-- the user may not be stored yet. The state is a keyed hash: a leaked database finishes nobody's flow.
CREATE TABLE oauth_flows (
    id TEXT NOT NULL CONSTRAINT oauth_flows_pkey PRIMARY KEY,
    state BLOB NOT NULL CONSTRAINT oauth_flows_state UNIQUE,
    stage TEXT NOT NULL,
    account_id TEXT NOT NULL,
    user_id TEXT,
    user_name TEXT NOT NULL,
    server_id TEXT,
    made_through TEXT,
    ticket TEXT,
    connector_owner TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    credential_id TEXT,
    name TEXT,
    redirect_uri TEXT,
    actor TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX oauth_flows_expires ON oauth_flows (expires_at);
CREATE INDEX oauth_flows_ticket ON oauth_flows (ticket);
