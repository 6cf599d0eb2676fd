-- Agencies that never report a request, over which years, and how many of these have no number there.
-- columns: agency, scope, from_year, to_year, years, years_without_number
SELECT
    agency, scope, min(year) AS from_year, max(year) AS to_year, count(*) AS years, count(*) - count(total) AS years_without_number
FROM requests
WHERE row_code = 'requests.new'
GROUP BY agency_id, agency, scope
HAVING coalesce(max(total), 0) = 0
ORDER BY years DESC, agency, scope;
