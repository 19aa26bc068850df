-- The amount at risk above which a verdict that closes a finding takes two people: of all units of a
-- customer, and of one unit in its place. NULL: one person decides, or as for all units.
ALTER TABLE customers ADD COLUMN four_eyes_above BIGINT;
ALTER TABLE units ADD COLUMN four_eyes_above BIGINT;

-- A verdict that waits for a second person, as JSON; NULL: none does.
ALTER TABLE findings ADD COLUMN proposal TEXT;
