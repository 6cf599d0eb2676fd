-- New requests by agency and year, and growth over the year before where that year is held.
-- columns: agency, scope, year, new_requests, growth
SELECT
    agency, scope, year, total AS new_requests,
    CASE WHEN lag(year) OVER series = year - 1 THEN round(total / nullif(lag(total) OVER series, 0) - 1, 3) END AS growth
FROM requests
WHERE row_code = 'requests.new'
WINDOW series AS (PARTITION BY agency_id, scope ORDER BY year)
ORDER BY agency, scope, year;
