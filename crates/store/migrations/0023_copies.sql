-- In a copy, and nowhere else: when it was made, and when somebody had settled what came back with it, such as
-- tokens that were revoked since. NULL: nobody has.
CREATE TABLE copies (
    id BIGINT NOT NULL,
    made_at BIGINT,
    settled_at BIGINT,
    CONSTRAINT copies_pkey PRIMARY KEY (id)
);
