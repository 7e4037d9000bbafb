-- Where the request came from; NULL for what no request asked for.
ALTER TABLE audit_record ADD COLUMN address TEXT;
