-- Normative documents in force that differ from last year's plus issued minus repealed.
-- columns: agency, scope, year, in_force, expected
SELECT
    n.agency, n.scope, n.year, n.in_force, before.in_force + n.issued - n.repealed AS expected
FROM disclosure n
JOIN disclosure before
    ON (before.agency_id, before.scope, before.year, before.row_code) = (n.agency_id, n.scope, n.year - 1, n.row_code)
    AND before.edition = 'v2021'
WHERE n.row_code = 'disclosure.normative_documents' AND n.edition = 'v2021'
  AND n.in_force IS DISTINCT FROM before.in_force + n.issued - n.repealed
ORDER BY n.agency, n.scope, n.year;
