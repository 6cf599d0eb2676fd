-- Share of handled requests that were granted, wholly or in part. Unknown where a cell has no number.
-- columns: agency, scope, year, granted, handled, rate
WITH one AS (
    SELECT
        agency, scope, year,
        max(total) FILTER (row_code = 'requests.outcome.granted')
            + max(total) FILTER (row_code = 'requests.outcome.granted_in_part') AS granted,
        max(total) FILTER (row_code = 'requests.outcome.total') AS handled
    FROM requests
    WHERE row_code IN ('requests.outcome.granted', 'requests.outcome.granted_in_part', 'requests.outcome.total')
    GROUP BY report_id, agency, scope, year
)
SELECT agency, scope, year, granted, handled, round(granted / nullif(handled, 0), 3) AS rate
FROM one
WHERE handled IS DISTINCT FROM 0
ORDER BY rate NULLS LAST, agency, scope, year;
