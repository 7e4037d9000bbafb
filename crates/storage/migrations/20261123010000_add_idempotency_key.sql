-- The first answer to a request that names itself; kept for a day, so that sending it again changes nothing.
CREATE TABLE idempotency_key (
    actor TEXT NOT NULL,
    key_text TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    change_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (actor, key_text)
);

CREATE INDEX idempotency_key_by_time ON idempotency_key (expires_at);
