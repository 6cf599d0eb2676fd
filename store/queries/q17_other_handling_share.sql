-- Share of requests "handled otherwise" (其他处理), which supervisors take as a warning sign.
-- columns: agency, scope, year, other, handled, share
WITH one AS (
    SELECT
        agency, scope, year,
        CASE WHEN bool_and(total IS NOT NULL) FILTER (row_code LIKE 'requests.outcome.other%')
            THEN sum(total) FILTER (row_code LIKE 'requests.outcome.other%') END AS other,
        max(total) FILTER (row_code = 'requests.outcome.total') AS handled
    FROM requests
    WHERE row_code LIKE 'requests.outcome.other%' OR row_code = 'requests.outcome.total'
    GROUP BY report_id, agency, scope, year
)
SELECT agency, scope, year, other, handled, round(other / nullif(handled, 0), 3) AS share
FROM one
WHERE handled IS DISTINCT FROM 0
ORDER BY share DESC NULLS LAST, agency, scope, year;
