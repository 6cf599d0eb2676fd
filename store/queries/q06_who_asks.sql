-- Who asks: new requests by kind of applicant and year, over own reports.
-- columns: year, column_code, applicant, requests, share, cells_without_number
WITH asker AS (
    SELECT
        year, column_code, any_value(column_label) AS applicant, sum(value) AS requests,
        count(*) - count(value) AS cells_without_number
    FROM cell
    WHERE scope = 'own' AND table_code = 'requests' AND row_code = 'requests.new' AND column_code <> 'total'
    GROUP BY year, column_code
)
SELECT
    year, column_code, applicant, requests, round(requests / nullif(sum(requests) OVER (PARTITION BY year), 0), 3) AS share,
    cells_without_number
FROM asker
ORDER BY year, requests DESC NULLS LAST, column_code;
