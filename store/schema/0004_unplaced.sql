-- Why nobody can say where an agency is; NULL where that is known.
ALTER TABLE agency ADD COLUMN unplaced VARCHAR;
