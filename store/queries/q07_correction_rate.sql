-- How often reviews and courts corrected the agency: corrected over decided cases.
-- columns: agency, scope, year, row_code, challenge, corrected, decided, correction_rate
SELECT
    agency, scope, year, row_code, row_label AS challenge, corrected, upheld + corrected + other AS decided,
    round(corrected / nullif(upheld + corrected + other, 0), 3) AS correction_rate
FROM challenges
WHERE upheld + corrected + other IS DISTINCT FROM 0
ORDER BY correction_rate DESC NULLS LAST, agency, scope, year, row_code;
