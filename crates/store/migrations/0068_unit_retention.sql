-- Days for which files of a unit are kept, in the place of what is set for its customer; 0: for ever; NULL: as
-- the customer has set it.
ALTER TABLE units ADD COLUMN files_kept_days BIGINT;
