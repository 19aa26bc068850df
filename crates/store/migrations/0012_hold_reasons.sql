-- Why an upload is held: so far always a snapshot that would make many inactive.
ALTER TABLE uploads ADD COLUMN hold_reason TEXT;
-- Of reused identifiers: what a person decides by, as JSON.
ALTER TABLE uploads ADD COLUMN hold_details TEXT;
UPDATE uploads SET hold_reason = 'manyInactive' WHERE state = 'held';
