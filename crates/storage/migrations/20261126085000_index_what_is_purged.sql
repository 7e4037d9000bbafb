-- Finds what was kept long enough without a look at everything else.
CREATE INDEX password_change_by_end ON password_change (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX digit_token_by_time ON digit_token (created_at, id);
