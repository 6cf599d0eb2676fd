-- Reviews and lawsuits per 100 requests handled. Unknown where a total has no number.
-- columns: agency, scope, year, challenges, handled, per_100
WITH brought AS (
    SELECT report_id, CASE WHEN count(total) = count(*) THEN sum(total) END AS challenges
    FROM challenges GROUP BY report_id
)
SELECT
    r.agency, r.scope, r.year, b.challenges, r.total AS handled, round(100 * b.challenges / nullif(r.total, 0), 1) AS per_100
FROM requests r
LEFT JOIN brought b USING (report_id)
WHERE r.row_code = 'requests.outcome.total' AND r.total IS DISTINCT FROM 0
ORDER BY per_100 DESC NULLS LAST, r.agency, r.scope, r.year;
