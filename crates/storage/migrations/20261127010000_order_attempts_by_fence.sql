-- The lane's fence when the last attempt on a target began: which attempt came first, whatever was done to the clock.
ALTER TABLE change_target ADD COLUMN begun_fence BIGINT;

-- Attempts from before: their order as the clock had it. One attempt takes one fence, so this is not above the lane's.
UPDATE change_target SET begun_fence = (SELECT COUNT(*) FROM change_target o WHERE o.account_id = change_target.account_id AND o.begun_at <= change_target.begun_at) WHERE begun_at IS NOT NULL;
