-- Requests received as the prose says, where the table says otherwise or nothing.
-- columns: agency, scope, year, in_prose, in_table, sentence
SELECT r.agency, r.scope, r.year, c.value AS in_prose, t.total AS in_table, c.sentence
FROM claim c
JOIN annual_report r USING (report_id)
LEFT JOIN requests t ON t.report_id = c.report_id AND t.row_code = 'requests.new'
WHERE c.code = 'claim.requests_received' AND NOT c.approximate AND c.value IS DISTINCT FROM t.total
ORDER BY r.agency, r.scope, r.year, c.sentence;
