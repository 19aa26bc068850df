-- The version of the ledger that holds an upload as it was read before; NULL unless it was read once more.
ALTER TABLE uploads ADD COLUMN read_before BIGINT;
-- The rules by which the problems that are kept were found, as JSON, so that all of them can be found again.
ALTER TABLE uploads ADD COLUMN read_by TEXT;
-- What is to be done about a file that was refused, by its code; NULL where nothing was noted.
ALTER TABLE uploads ADD COLUMN remedy TEXT;
