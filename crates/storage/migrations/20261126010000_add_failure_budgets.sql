-- Changes whose payload turned out to be no password, by who sent them. `at` is when the failure may be shown: a budget that
-- counted it earlier would tell what the status does not tell yet. Kept for a day.
CREATE TABLE payload_failure (
    change_id TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX payload_failure_by_actor ON payload_failure (actor, at);

-- A key with too many of them, whoever sent them, is retired: it opens what was accepted and takes nothing new.
ALTER TABLE rsa_key ADD COLUMN payload_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rsa_key ADD COLUMN retired_at BIGINT;

CREATE INDEX digit_token_by_creator ON digit_token (created_by, created_at);
CREATE INDEX digit_token_guess_by_time ON digit_token_guess (at);

-- When an alarm that lasts was raised: each is told once in its time, by one node.
CREATE TABLE alarm (
    name TEXT PRIMARY KEY,
    raised_at BIGINT NOT NULL
);

-- Requests that nodes took for their clients in the window of now. On SQLite, with its one process, it stays empty and
-- is an ordinary table. Lost in a crash, which opens the windows anew.
CREATE UNLOGGED TABLE request_window (
    client_id TEXT NOT NULL,
    api_version TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    PRIMARY KEY (client_id, api_version)
);
