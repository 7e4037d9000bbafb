-- Whether a change also clears the lock of its accounts, where their systems can.
ALTER TABLE password_change ADD COLUMN unlock_account BOOLEAN NOT NULL DEFAULT FALSE;
