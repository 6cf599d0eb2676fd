-- Licences, penalties and fees side by side (v2021 form: fees are money in 万元).
-- columns: agency, scope, year, licences, penalties, fees
SELECT
    agency, scope, year,
    max(decisions) FILTER (row_code = 'disclosure.licensing') AS licences,
    max(decisions) FILTER (row_code = 'disclosure.penalties') AS penalties,
    max(amount) FILTER (row_code = 'disclosure.fees') AS fees
FROM disclosure
WHERE row_code IN ('disclosure.licensing', 'disclosure.penalties', 'disclosure.fees')
GROUP BY report_id, agency, scope, year
ORDER BY agency, scope, year;
