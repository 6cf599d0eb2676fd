-- Arithmetic of the form that reports break, with both operands.
-- columns: agency, scope, year, rule, row_code, column_code, actual, expected, message, url
SELECT agency, scope, year, rule, row_code, column_code, actual, expected, message, url
FROM failed_check
WHERE severity = 'error'
ORDER BY year DESC, agency, scope, rule, row_code, column_code;
