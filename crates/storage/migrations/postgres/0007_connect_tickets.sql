-- Tickets to the connect pages. A ticket is found by the keyed hash of what stands in its URL; browser is the keyed
-- hash of the cookie of the browser that opened it first, and proof says how its user was proven then. It goes with
-- its server and its user. made_through is the server of the token URL that it was made by, if it was.
CREATE TABLE connect_tickets (
    id TEXT COLLATE "C" NOT NULL CONSTRAINT connect_tickets_pkey PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    server_id TEXT COLLATE "C" REFERENCES servers (id) ON DELETE CASCADE,
    connectors TEXT,
    redirect_uri TEXT,
    made_through TEXT COLLATE "C",
    digest BYTEA NOT NULL CONSTRAINT connect_tickets_digest UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    browser BYTEA,
    proof TEXT,
    opened_at BIGINT,
    ended_at BIGINT,
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE INDEX connect_tickets_expires ON connect_tickets (expires_at);
CREATE INDEX connect_tickets_server ON connect_tickets (server_id);
CREATE INDEX connect_tickets_user ON connect_tickets (account_id, user_id);

-- What was connected by a ticket.
CREATE TABLE connect_ticket_credentials (
    ticket_id TEXT COLLATE "C" NOT NULL REFERENCES connect_tickets (id) ON DELETE CASCADE,
    credential_id TEXT COLLATE "C" NOT NULL REFERENCES credentials (id) ON DELETE CASCADE,
    connected_at BIGINT NOT NULL,
    CONSTRAINT connect_ticket_credentials_pkey PRIMARY KEY (ticket_id, credential_id)
);
CREATE INDEX connect_ticket_credentials_credential ON connect_ticket_credentials (credential_id);

-- A credential that was given on a connect page and waits until the person says whose use it is for. There is one for
-- each ticket and connector, and both make its id.
CREATE TABLE connect_pending (
    id TEXT COLLATE "C" NOT NULL CONSTRAINT connect_pending_pkey PRIMARY KEY,
    ticket_id TEXT COLLATE "C" NOT NULL REFERENCES connect_tickets (id) ON DELETE CASCADE,
    connector_owner TEXT COLLATE "C" NOT NULL,
    connector_id TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX connect_pending_ticket ON connect_pending (ticket_id, connector_id);
