-- Who should have published for the newest year and has not been found, and why: not published, not reachable, not looked at?
-- columns: agency, level, division_code, year, state, reason, message
SELECT agency, level, division_code, year, state, reason, message
FROM coverage
WHERE expected AND NOT found AND year = (SELECT max(year) FROM annual_report)
ORDER BY division_code NULLS LAST, agency;
