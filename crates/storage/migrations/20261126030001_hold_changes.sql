-- Since when a change is held because the database was restored from an older copy; NULL: it is not.
ALTER TABLE password_change ADD COLUMN held_at BIGINT;

CREATE INDEX password_change_held ON password_change (held_at) WHERE held_at IS NOT NULL;
