-- Problem sections (五) that are word for word those of another report: last year's, or another agency's.
-- columns: agency, year, scope, same_as, same_as_year, same_as_scope
WITH problems AS (
    SELECT s.report_id, s.text_hash, r.agency, r.year, r.scope
    FROM section s JOIN annual_report r USING (report_id)
    WHERE s.code = 's5_problems' AND length(s.text) >= 20
)
SELECT n.agency, n.year, n.scope, o.agency AS same_as, o.year AS same_as_year, o.scope AS same_as_scope
FROM problems n
JOIN problems o ON o.text_hash = n.text_hash AND (o.year, o.report_id) < (n.year, n.report_id)
ORDER BY n.year, n.agency, n.scope, o.year, o.agency;
