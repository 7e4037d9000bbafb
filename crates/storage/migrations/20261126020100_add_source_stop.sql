-- Sources whose service account was refused. Kept in the database so that neither a restart nor another node tries the
-- same credential again and so locks that account.
CREATE TABLE source_stop (
    source_id TEXT PRIMARY KEY REFERENCES source (id),
    -- Of the settings and the credential that were refused; with others the row means nothing.
    settings_print TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    stopped_at BIGINT NOT NULL,
    -- When one node may try once.
    probe_at BIGINT NOT NULL
);
