-- Requests carried in that differ from what last year's report carried out. A missing number differs from a number.
-- columns: agency, scope, year, carried_out_before, carried_in
SELECT n.agency, n.scope, n.year, before.total AS carried_out_before, n.total AS carried_in
FROM requests n
JOIN requests before
    ON (before.agency_id, before.scope, before.year) = (n.agency_id, n.scope, n.year - 1)
    AND before.row_code = 'requests.carried_out'
WHERE n.row_code = 'requests.carried_in' AND before.total IS DISTINCT FROM n.total
ORDER BY n.agency, n.scope, n.year;
