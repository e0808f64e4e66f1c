-- When a key was last used, to the minute; NULL where it never was.
ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT;
