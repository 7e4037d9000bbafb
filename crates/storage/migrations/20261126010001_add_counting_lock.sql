-- A transaction that counts holds the row of what it counts until it ends, so that two of them do not count the same.
-- Kept for a day.
CREATE TABLE counting_lock (
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
