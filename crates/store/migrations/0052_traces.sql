-- The places in traces that a job goes on from, as W3C writes them (traceparent) with a space between; NULL where nothing
-- is traced. A run has one of each upload that asked for it.
ALTER TABLE jobs ADD COLUMN traces TEXT;

CREATE INDEX jobs_traces_idx ON jobs (upload) WHERE traces IS NOT NULL;
