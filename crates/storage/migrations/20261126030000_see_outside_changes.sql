-- When the last attempt on a target began; and when the account's password had last been changed then, on its system's clock.
ALTER TABLE change_target ADD COLUMN begun_at BIGINT;

ALTER TABLE change_target ADD COLUMN seen_changed_at BIGINT;
