-- The name in full, with the prefecture before a district; `name` is as the body prints it.
ALTER TABLE agency ADD COLUMN full_name VARCHAR;
UPDATE agency SET full_name = name;
