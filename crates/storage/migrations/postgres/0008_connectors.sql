-- Connectors of accounts, and which version of each is live. Credentials are sealed for its identity, which is another
-- one after each change of where they may be sent.
CREATE TABLE connectors (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    id TEXT NOT NULL,
    identity TEXT NOT NULL,
    live BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT connectors_pkey PRIMARY KEY (account_id, id)
);

-- Every version of their files, from 1.
CREATE TABLE connector_versions (
    account_id TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    file TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT connector_versions_pkey PRIMARY KEY (account_id, connector_id, version),
    FOREIGN KEY (account_id, connector_id) REFERENCES connectors (account_id, id) ON DELETE CASCADE
);

-- A change of a connector's destinations, and its end, are found by this.
CREATE INDEX credentials_of_connector ON credentials (account_id, connector_id);
