-- How a person reads days, times and numbers, as JSON; NULL: nothing was chosen.
ALTER TABLE users ADD COLUMN formats TEXT;
