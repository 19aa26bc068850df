-- The newest entry of a name, and whether another of that name ended later.
DROP INDEX entry_namesakes;
CREATE INDEX entry_newest ON entry (server, customer, unit, file_type, own_name);
CREATE INDEX entry_latest ON entry (server, customer, unit, file_type, own_name, changed_at);
PRAGMA user_version = 2;
