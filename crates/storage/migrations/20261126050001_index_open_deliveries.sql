-- Finds what has waited too long without a look at everything that was ever sent.
CREATE INDEX delivery_open ON delivery (created_at) WHERE ended_at IS NULL;
