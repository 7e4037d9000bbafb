-- An account that nobody is known to own has no identity. The column is made anew: neither engine's text for taking NOT NULL
-- away is known to the other.
DROP INDEX account_by_identity;
DROP INDEX account_by_source_and_identity;
ALTER TABLE account ADD COLUMN owner_id TEXT REFERENCES identity (id);
UPDATE account SET owner_id = identity_id;
ALTER TABLE account DROP COLUMN identity_id;
ALTER TABLE account RENAME COLUMN owner_id TO identity_id;
CREATE INDEX account_by_identity ON account (identity_id);
CREATE INDEX account_by_source_and_identity ON account (source_id, identity_id);

-- The native identity in the form under which it is compared; NULL until the source is read the next time.
ALTER TABLE account ADD COLUMN native_key TEXT;
-- What stays when the account is renamed, where its source has such a thing.
ALTER TABLE account ADD COLUMN uuid TEXT;
-- The aggregation that read it last.
ALTER TABLE account ADD COLUMN seen_in TEXT;
-- Since then it is gone at its source.
ALTER TABLE account ADD COLUMN removed_at BIGINT;
CREATE INDEX account_by_native_key ON account (source_id, native_key);
CREATE INDEX account_by_uuid ON account (source_id, uuid) WHERE uuid IS NOT NULL;
CREATE INDEX account_removed ON account (removed_at) WHERE removed_at IS NOT NULL;

-- How the accounts of a source are taken in, as JSON; NULL: as nobody said otherwise.
ALTER TABLE source ADD COLUMN aggregation TEXT;

CREATE TABLE aggregation (
    id TEXT PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    -- Accounts that did not change were left alone.
    optimized BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    -- Why it ended without success; empty otherwise.
    reason TEXT NOT NULL,
    known_count BIGINT NOT NULL,
    read_count BIGINT NOT NULL,
    created_count BIGINT NOT NULL,
    changed_count BIGINT NOT NULL,
    removed_count BIGINT NOT NULL,
    uncorrelated_count BIGINT NOT NULL,
    identities_created BIGINT NOT NULL,
    identities_changed BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    -- The last sign of life.
    alive_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- One at a time for each source.
CREATE UNIQUE INDEX aggregation_running ON aggregation (source_id) WHERE ended_at IS NULL;
CREATE INDEX aggregation_by_source ON aggregation (source_id, started_at);
CREATE INDEX aggregation_by_time ON aggregation (started_at);
