-- What people call a unit; NULL: its short name.
ALTER TABLE units ADD COLUMN title TEXT;
