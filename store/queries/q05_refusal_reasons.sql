-- Why requests were not granted, by year: number and share of each reason, over own reports (aggregates would count twice).
-- columns: year, row_code, reason, requests, share, cells_without_number
WITH reason AS (
    SELECT
        year, row_code, any_value(row_label) AS reason, sum(value) AS requests, count(*) - count(value) AS cells_without_number
    FROM cell
    WHERE scope = 'own' AND table_code = 'requests' AND column_code = 'total'
      AND row_code IN (
          SELECT code FROM form_row WHERE regexp_matches(code, '^requests\.outcome\.(refused|unavailable|not_processed|other)(\.|$)'))
    GROUP BY year, row_code
)
SELECT year, row_code, reason, requests, round(requests / sum(requests) OVER (PARTITION BY year), 3) AS share, cells_without_number
FROM reason
WHERE requests > 0 OR cells_without_number > 0
ORDER BY year, requests DESC NULLS LAST, row_code;
