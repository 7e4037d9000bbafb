-- Released after a restore and not tried since: what this database does not know of may have been done meanwhile.
ALTER TABLE change_target ADD COLUMN restored BOOLEAN NOT NULL DEFAULT FALSE;
