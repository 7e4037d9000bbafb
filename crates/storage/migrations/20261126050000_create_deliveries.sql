-- Whom to tell of what happened. The secret that signs the messages is sealed.
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    sealed_secret TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    -- Why it was switched off; '' when somebody did it.
    off_reason TEXT NOT NULL DEFAULT '',
    -- Failures since the last success, and when the first of them was.
    failures BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    -- Nothing is sent before.
    paused_until BIGINT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);

CREATE TABLE webhook_event (
    event TEXT NOT NULL,
    webhook_id TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    PRIMARY KEY (event, webhook_id)
);

-- One message to one recipient, written in the transaction of what it tells. The row is the job: claiming it counts the
-- attempt and moves it into the future, so one whose sender died comes back by itself.
CREATE TABLE delivery (
    event_id TEXT NOT NULL,
    -- A webhook's id, or an identity's.
    recipient TEXT NOT NULL,
    -- 'webhook' or 'mail'.
    channel TEXT NOT NULL,
    event TEXT NOT NULL,
    fact TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- NULL once it has ended.
    due_at BIGINT,
    -- 'waiting', 'delivered', 'failed', 'bounced' or 'dropped'.
    state TEXT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (event_id, recipient)
);

CREATE INDEX delivery_due ON delivery (channel, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX delivery_by_recipient ON delivery (recipient, created_at);
CREATE INDEX delivery_by_end ON delivery (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE delivery_attempt (
    event_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    -- The answer's status, of HTTP or SMTP; NULL when there was none.
    status BIGINT,
    -- What went wrong; '' for a success.
    detail TEXT NOT NULL,
    PRIMARY KEY (event_id, recipient, attempt),
    FOREIGN KEY (event_id, recipient) REFERENCES delivery (event_id, recipient) ON DELETE CASCADE
);
