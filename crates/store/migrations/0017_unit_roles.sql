-- The role of somebody in one unit, in the place of the one in memberships, which is for all units of a
-- customer; who has no membership sees these units only.
CREATE TABLE unit_roles (
    customer TEXT NOT NULL,
    unit TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    CONSTRAINT unit_roles_pkey PRIMARY KEY (customer, unit, user_id),
    CONSTRAINT unit_roles_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT unit_roles_unit_fkey FOREIGN KEY (customer, unit) REFERENCES units (customer, name)
);

CREATE INDEX unit_roles_user_idx ON unit_roles (user_id);

-- The unit that an invitation is for; NULL: for all of the customer.
ALTER TABLE invitations ADD COLUMN unit TEXT;
