-- What the administrators' API tells of a source besides what the engine reads.
ALTER TABLE source ADD COLUMN owner_id TEXT REFERENCES identity (id) ON DELETE SET NULL;
ALTER TABLE source ADD COLUMN connector_kind TEXT NOT NULL DEFAULT 'built_in';
-- Whether its accounts make identities.
ALTER TABLE source ADD COLUMN authoritative BOOLEAN NOT NULL DEFAULT FALSE;
-- As the last check of its connection found it.
ALTER TABLE source ADD COLUMN healthy BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE source ADD COLUMN status TEXT NOT NULL DEFAULT 'SOURCE_STATE_UNCHECKED_SOURCE';
ALTER TABLE source ADD COLUMN checked_at BIGINT;

UPDATE source SET connector_kind = CASE
    WHEN connector LIKE '{"kind":"active_directory"%' THEN 'active_directory'
    WHEN connector LIKE '{"kind":"htpasswd"%' THEN 'htpasswd'
    WHEN connector LIKE '{"kind":"ldap"%' THEN 'ldap'
    WHEN connector LIKE '{"kind":"scim"%' THEN 'scim'
    WHEN connector LIKE '{"kind":"sql"%' THEN 'sql'
    ELSE connector_kind END;

CREATE TABLE source_schema (
    id TEXT PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    UNIQUE (source_id, name)
);
