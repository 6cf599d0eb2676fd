-- A body that was renamed goes on as its successor.
CREATE OR REPLACE TEMP TABLE line AS
SELECT a.agency_id, coalesce(s.agency_id, a.agency_id) AS line_id FROM agency a LEFT JOIN agency_succession s ON s.former_id = a.agency_id;

-- Agencies with news since the last time: new versions, versions that lost or gained their place, documents gone.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT DISTINCT r.agency_id FROM report r
WHERE r.run_id >= $since
   OR r.url IN (SELECT url FROM reading WHERE run_id >= $since AND outcome <> 'unchanged')
   OR r.report_id IN (FROM touched_by_hand);

CREATE OR REPLACE TEMP TABLE around AS
SELECT agency_id FROM touched
UNION SELECT a.parent_id FROM touched t JOIN agency a USING (agency_id) WHERE a.parent_id IS NOT NULL
UNION SELECT s.agency_id FROM touched t JOIN agency a USING (agency_id) JOIN agency s ON s.parent_id = a.parent_id
UNION SELECT o.agency_id FROM touched t JOIN line l USING (agency_id) JOIN line o USING (line_id);

CREATE OR REPLACE TEMP TABLE chosen AS
SELECT r.report_id, r.agency_id, r.year, r.scope, p.report_id AS previous_id
FROM report r SEMI JOIN around USING (agency_id)
JOIN line l ON l.agency_id = r.agency_id
LEFT JOIN (SELECT q.*, o.line_id FROM report q JOIN line o USING (agency_id) WHERE q.is_current AND q.status IN ('read', 'partial')) p
    ON p.line_id = l.line_id AND p.scope = r.scope AND p.year = r.year - 1
WHERE r.is_current AND r.status IN ('read', 'partial');

DELETE FROM finding
WHERE rule IN $here
  AND report_id IN (SELECT report_id FROM report SEMI JOIN around USING (agency_id));
