-- Codes and names that places had: joins figures to tables that still use them.
CREATE TABLE division_former (code VARCHAR, name VARCHAR, code_now VARCHAR, last_listed VARCHAR);
