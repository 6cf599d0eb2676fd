-- Figures that agencies changed after publication: what was, what is, and between which captures.
-- columns: agency, scope, year, row_code, row_label, column_code, was, now, from_captured_at, to_captured_at
SELECT
    agency, scope, year, row_code, row_label, column_code, old_value AS was, new_value AS now, from_captured_at, to_captured_at
FROM correction
ORDER BY to_captured_at, agency, scope, year, row_code, column_code;
