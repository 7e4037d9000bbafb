-- Workers look for due lanes source by source, so that the many lanes of one source never stand before the others'.
CREATE INDEX account_ready_by_source ON account (source_id, ready_at) WHERE ready_at IS NOT NULL;
DROP INDEX account_ready;
