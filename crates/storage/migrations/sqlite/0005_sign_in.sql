-- How users sign in to pages. A row outlives its password, so that the epoch never goes back: a change of the password
-- raises it, and sign-ins of an earlier epoch have ended.
CREATE TABLE sign_ins (
    user_id TEXT NOT NULL CONSTRAINT sign_ins_pkey PRIMARY KEY,
    account_id TEXT NOT NULL,
    password BLOB,
    password_set_at BIGINT,
    epoch BIGINT NOT NULL,
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE INDEX sign_ins_account ON sign_ins (account_id);

CREATE TABLE identity_providers (
    id TEXT NOT NULL CONSTRAINT identity_providers_pkey PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret BLOB,
    user_claim TEXT NOT NULL,
    scopes TEXT NOT NULL,
    allowed_domains TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT identity_providers_name UNIQUE (account_id, name)
);
CREATE INDEX identity_providers_listed ON identity_providers (account_id, created_at, id);

-- They live for minutes, and are dropped by whoever makes the next one.
CREATE TABLE sign_in_attempts (
    id TEXT NOT NULL CONSTRAINT sign_in_attempts_pkey PRIMARY KEY,
    digest BLOB NOT NULL CONSTRAINT sign_in_attempts_digest UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    expected_user TEXT,
    browser BLOB NOT NULL,
    state BLOB CONSTRAINT sign_in_attempts_state UNIQUE,
    sealed BLOB NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX sign_in_attempts_ends ON sign_in_attempts (ends_at);
