-- Bodies that a reform renamed: decided anew before each publish, applied to what readers see.
CREATE TABLE agency_succession (
    former_id INTEGER, agency_id INTEGER, former_name VARCHAR, next_name VARCHAR, last_year SMALLINT, first_year SMALLINT, evidence VARCHAR
);
