-- Agencies with news since the last time: new versions, versions that lost or gained their place, documents gone.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT DISTINCT r.agency_id FROM report r
WHERE r.run_id >= $since
   OR r.url IN (SELECT url FROM reading WHERE run_id >= $since AND outcome <> 'unchanged')
   OR r.report_id IN (FROM touched_by_hand);

CREATE OR REPLACE TEMP TABLE around AS
SELECT agency_id FROM touched
UNION SELECT a.parent_id FROM touched t JOIN agency a USING (agency_id) WHERE a.parent_id IS NOT NULL
UNION SELECT s.agency_id FROM touched t JOIN agency a USING (agency_id) JOIN agency s ON s.parent_id = a.parent_id;

CREATE OR REPLACE TEMP TABLE chosen AS
SELECT r.report_id, r.agency_id, r.year, r.scope, p.report_id AS previous_id
FROM report r SEMI JOIN around USING (agency_id)
LEFT JOIN report p ON p.agency_id = r.agency_id AND p.scope = r.scope AND p.year = r.year - 1 AND p.is_current
    AND p.status IN ('read', 'partial')
WHERE r.is_current AND r.status IN ('read', 'partial');

DELETE FROM finding
WHERE rule IN $here
  AND report_id IN (SELECT report_id FROM report SEMI JOIN around USING (agency_id));
