-- Money on its way back, of findings that were decided to be true, and the day by which somebody expects an answer or
-- the money. Days are numbers from 1 January 1970 on, amounts ten-thousandths. recovery_stage NULL: nothing was asked
-- for yet, or it came back before steps were kept.
ALTER TABLE findings ADD COLUMN due BIGINT;
ALTER TABLE findings ADD COLUMN recovery_stage TEXT;
ALTER TABLE findings ADD COLUMN recovery_amount BIGINT;
ALTER TABLE findings ADD COLUMN recovery_on BIGINT;
ALTER TABLE findings ADD COLUMN recovery_asked_on BIGINT;
ALTER TABLE findings ADD COLUMN recovery_reference TEXT;
