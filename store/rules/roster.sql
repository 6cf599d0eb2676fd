-- Who is expected to publish for a year: who did, who is listed, and who did for the year before (while the portal shows others of
-- that year) or has a gap between two years.
CREATE OR REPLACE TEMP TABLE had AS
SELECT DISTINCT agency_id, year, site_id FROM report WHERE is_current;

INSERT INTO roster
SELECT agency_id, year, arg_min(reason, place) FROM (
    SELECT agency_id, year, 'published' AS reason, 1 AS place FROM had
    UNION ALL
    SELECT agency_id, year, 'listed on ' || min(site_id), 2 FROM link
    WHERE kind = 'report' AND agency_id IS NOT NULL AND year IS NOT NULL GROUP BY agency_id, year
    UNION ALL
    SELECT h.agency_id, s.year, 'published a report on ' || max(h.year), 3
    FROM had h JOIN (SELECT DISTINCT site_id, year FROM had) s ON s.site_id = h.site_id AND s.year > h.year
    WHERE s.year = h.year + 1 OR EXISTS (FROM had later WHERE later.agency_id = h.agency_id AND later.year > s.year)
    GROUP BY h.agency_id, s.year
) r
WHERE NOT EXISTS (FROM roster k WHERE k.agency_id = r.agency_id AND k.year = r.year)
GROUP BY agency_id, year ORDER BY agency_id, year;
