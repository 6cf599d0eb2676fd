-- Counties and townships (or bodies of unknown level) that report rules (规章), which they may not make.
-- columns: agency, level, year, scope, column_code, value, state
SELECT agency, level, year, scope, column_code, value, state
FROM cell
WHERE row_code = 'disclosure.rules' AND (level IN ('county', 'township') OR level IS NULL) AND (value > 0 OR state = 'unreadable')
ORDER BY agency, year, scope, column_code;
