-- Since when somebody may not sign in; NULL: they may.
ALTER TABLE users ADD COLUMN disabled_at BIGINT;

-- Whom an invitation is for; NULL: for whoever holds the link, as a customer's first admin.
ALTER TABLE invitations ADD COLUMN email TEXT;

-- Links by which a user chooses a new password, one a user; used up, a link is gone.
CREATE TABLE password_links (
    user_id TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    clears_totp BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT password_links_pkey PRIMARY KEY (user_id),
    CONSTRAINT password_links_secret_hash_key UNIQUE (secret_hash),
    CONSTRAINT password_links_user_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

-- What stands in for the authenticator app, each once; used up, a code is gone.
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash),
    CONSTRAINT recovery_codes_user_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

-- by_whom is a name, which several may have; who is as the audit log has it: a user's address, or the id of
-- an access token. NULL of what is older than the question.
ALTER TABLE finding_history ADD COLUMN who TEXT;

-- An assignee has been a name so far, and is the address of a member from now on. A name that no member has,
-- or several, stays what it is.
UPDATE findings SET assignee = COALESCE(
    (SELECT MIN(users.email) FROM users JOIN memberships ON memberships.user_id = users.id
    WHERE memberships.customer = findings.customer AND users.name = findings.assignee
    GROUP BY users.name HAVING COUNT(*) = 1), assignee)
WHERE assignee IS NOT NULL;
