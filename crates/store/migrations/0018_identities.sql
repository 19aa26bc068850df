-- By what an identity provider knows a user. A user has one identity of an issuer: were the address given to
-- somebody else there, they would not become this user.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL,
    linked_at BIGINT NOT NULL,
    CONSTRAINT identities_pkey PRIMARY KEY (issuer, subject),
    CONSTRAINT identities_user_key UNIQUE (user_id, issuer),
    CONSTRAINT identities_user_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

-- Sessions that an identity provider began, for as long as they may last: sid is what it calls its own session,
-- id_token what it wants to see when somebody signs out there.
CREATE TABLE provider_sessions (
    session_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    sid TEXT,
    id_token TEXT,
    begun_at BIGINT NOT NULL,
    CONSTRAINT provider_sessions_pkey PRIMARY KEY (session_id),
    CONSTRAINT provider_sessions_session_fkey FOREIGN KEY (session_id) REFERENCES sessions (id)
);

CREATE INDEX provider_sessions_subject_idx ON provider_sessions (issuer, subject);

-- The states with which somebody was signed in, so that none is answered twice.
CREATE TABLE used_states (
    state_hash TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    CONSTRAINT used_states_pkey PRIMARY KEY (state_hash)
);
