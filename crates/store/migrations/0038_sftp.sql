-- What a sender presents over SFTP in the place of an access token: the SHA-256 of a password, or a public key as
-- OpenSSH writes it. Neither: an access token.
ALTER TABLE tokens ADD COLUMN sftp_password TEXT;
ALTER TABLE tokens ADD COLUMN sftp_key TEXT;
-- By what clients of SFTP know this deployment again; all its nodes have the same.
CREATE TABLE sftp_host_keys (
    algorithm TEXT NOT NULL,
    private_key TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    CONSTRAINT sftp_host_keys_pkey PRIMARY KEY (algorithm)
);
