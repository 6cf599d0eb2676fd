-- Who published the newest year's report late, and by how many days? Reports without a date come last, not left out.
-- columns: agency, level, scope, year, published_on, due_on, days_late
SELECT agency, level, scope, year, published_on, due_on, days_late
FROM annual_report
WHERE year = (SELECT max(year) FROM annual_report) AND (days_late > 0 OR days_late IS NULL)
ORDER BY days_late DESC NULLS LAST, agency, scope;
