-- What API clients have besides their secret, scopes and limits, as JSON; and when clients and tokens were last used.
ALTER TABLE api_client ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE api_client ADD COLUMN modified_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_client ADD COLUMN last_used_at BIGINT;
ALTER TABLE personal_access_token ADD COLUMN last_used_at BIGINT;
