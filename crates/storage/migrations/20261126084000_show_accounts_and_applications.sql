-- What was last seen of an account at its source, and whether somebody said whose it is.
ALTER TABLE account ADD COLUMN disabled BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE account ADD COLUMN locked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE account ADD COLUMN manually_correlated BOOLEAN NOT NULL DEFAULT FALSE;

-- Whether it is offered, to everybody with an account on its source, and where.
ALTER TABLE application ADD COLUMN enabled BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE application ADD COLUMN match_all_accounts BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE application ADD COLUMN app_center_enabled BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE application ADD COLUMN provision_request_enabled BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX account_by_source_and_identity ON account (source_id, identity_id);
CREATE INDEX password_change_by_time ON password_change (accepted_at);
