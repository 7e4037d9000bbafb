-- That a second operator agrees to what a first one wants to do for a special person. Used once.
CREATE TABLE help_approval (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    asked_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- Both together, or neither.
    approved_by TEXT,
    approved_at BIGINT,
    used_at BIGINT
);

CREATE INDEX help_approval_by_identity ON help_approval (identity_id, asked_at);
