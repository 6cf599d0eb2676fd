-- Where an aggregate is not the sum of its members, cell by cell; or cannot be judged, and whose reports are missing.
-- columns: agency, year, outcome, row_code, column_code, aggregate, members, difference, message
SELECT
    r.agency, r.year, f.outcome, f.row_code, f.column_code, f.actual::DECIMAL(24, 6) AS aggregate,
    f.expected::DECIMAL(24, 6) AS members, f.actual::DECIMAL(24, 6) - f.expected::DECIMAL(24, 6) AS difference, f.message
FROM finding f
JOIN annual_report r USING (report_id)
WHERE f.rule = 'ROLLUP' AND f.outcome <> 'pass'
ORDER BY r.agency, r.year, f.outcome, f.row_code, f.column_code;
