-- What people ask, over current versions only. The Chinese views, the three views of the form's tables and the macro `deadline`
-- are made by store/views.py from the form and from columns.toml.

CREATE VIEW annual_report AS
SELECT
    r.report_id, r.agency_id, r.agency, a.level, a.kind, r.division_code,
    province.name AS province, prefecture.name AS prefecture, county.name AS county,
    r.year, r.scope, r.version, r.reason, r.status, r.edition, r.title, r.signed_on, r.published_on,
    deadline(r.year, r.scope, a.level, a.kind) AS due_on,
    greatest(r.published_on - deadline(r.year, r.scope, a.level, a.kind), 0) AS days_late,
    r.gone_on, r.cells, r.blank_cells, r.unreadable_cells, coalesce(h.cells, 0) AS hand_cells,
    coalesce(c.failed_error, 0) AS failed_error, coalesce(c.failed_warn, 0) AS failed_warn,
    r.status = 'read' AND coalesce(c.failed_error, 0) = 0 AS sound,
    r.index_number, r.url, r.media_type, r.sha256, r.captured_at, r.reader, r.site_id
FROM report r
JOIN agency a USING (agency_id)
LEFT JOIN report_check c USING (report_id)
LEFT JOIN (SELECT report_id, count(*) AS cells FROM hand_correction WHERE applied GROUP BY report_id) h USING (report_id)
LEFT JOIN division province ON province.code = left(r.division_code, 2)
LEFT JOIN division prefecture ON prefecture.code = left(r.division_code, 4) AND length(prefecture.code) = 4
LEFT JOIN division county ON county.code = left(r.division_code, 6) AND length(county.code) = 6
WHERE r.is_current;

CREATE VIEW cell AS
SELECT
    f.report_id, r.agency_id, r.agency, r.division_code, a.level, r.year, r.scope, f.table_code, f.row_code, w.zh AS row_label,
    f.column_code, c.zh AS column_label, f.value, f.unit, f.state, f.raw, f.reader, f.confidence
FROM figure f
JOIN report r ON r.report_id = f.report_id AND r.is_current
JOIN agency a ON a.agency_id = r.agency_id
LEFT JOIN (SELECT code, any_value(zh ORDER BY edition DESC) AS zh FROM form_row GROUP BY code) w ON w.code = f.row_code
LEFT JOIN (SELECT table_code, code, any_value(zh ORDER BY edition DESC) AS zh FROM form_column GROUP BY ALL) c
    ON c.table_code = f.table_code AND c.code = f.column_code;

CREATE VIEW failed_check AS
SELECT
    f.report_id, r.agency_id, r.agency, a.level, r.division_code, r.year, r.scope, f.rule, t.zh AS rule_zh, t.en AS rule_en, f.severity,
    f.row_code, w.zh AS row_label, f.column_code, f.expected, f.actual, f.message, f.other_report_id, r.url
FROM finding f
JOIN report r ON r.report_id = f.report_id AND r.is_current
JOIN agency a ON a.agency_id = r.agency_id
LEFT JOIN form_rule t ON t.rule = f.rule
LEFT JOIN (SELECT code, any_value(zh ORDER BY edition DESC) AS zh FROM form_row GROUP BY code) w ON w.code = f.row_code
WHERE f.outcome = 'fail';

CREATE VIEW correction AS
WITH step AS (
    SELECT n.report_id AS to_report_id, arg_max(o.report_id, (o.url = n.url, o.captured_at, o.version)) AS from_report_id
    FROM report n
    JOIN report o ON (o.agency_id, o.year, o.scope) = (n.agency_id, n.year, n.scope) AND (o.captured_at, o.version) < (n.captured_at, n.version) AND NOT o.retired
    WHERE n.reason = 'correction' AND NOT n.retired
    GROUP BY n.report_id
),
was AS (SELECT s.to_report_id, f.* FROM step s JOIN figure f ON f.report_id = s.from_report_id),
now AS (SELECT s.to_report_id, f.* FROM step s JOIN figure f ON f.report_id = s.to_report_id)
SELECT
    n.agency_id, n.agency, n.division_code, n.year, n.scope, d.table_code, d.row_code, w.zh AS row_label, d.column_code,
    d.old_value, d.new_value, d.old_state, d.new_state, d.old_raw, d.new_raw,
    s.from_report_id, s.to_report_id, o.version AS from_version, n.version AS to_version,
    o.captured_at AS from_captured_at, n.captured_at AS to_captured_at, o.sha256 AS from_sha256, n.sha256 AS to_sha256,
    o.warc_file AS from_warc_file, o.warc_offset AS from_warc_offset, n.warc_file AS to_warc_file, n.warc_offset AS to_warc_offset, n.url
FROM (
    SELECT
        to_report_id, table_code, row_code, column_code, was.value AS old_value, now.value AS new_value,
        was.state AS old_state, now.state AS new_state, was.raw AS old_raw, now.raw AS new_raw
    FROM was FULL JOIN now USING (to_report_id, table_code, row_code, column_code)
    WHERE was.value IS DISTINCT FROM now.value OR was.state IS DISTINCT FROM now.state
) d
JOIN step s USING (to_report_id)
JOIN report n ON n.report_id = s.to_report_id
JOIN report o ON o.report_id = s.from_report_id
LEFT JOIN (SELECT code, any_value(zh ORDER BY edition DESC) AS zh FROM form_row GROUP BY code) w ON w.code = d.row_code;

CREATE VIEW coverage AS
WITH linked AS (
    SELECT agency_id, year, max(url) AS url, max(site_id) AS site_id FROM link
    WHERE kind = 'report' AND agency_id IS NOT NULL AND year IS NOT NULL GROUP BY ALL
),
expected AS (SELECT agency_id, year, string_agg(reason, '; ' ORDER BY reason) AS reason FROM roster GROUP BY ALL),
pair AS (
    SELECT agency_id, year FROM expected UNION SELECT agency_id, year FROM linked
    UNION SELECT agency_id, year FROM report WHERE is_current
),
last_run AS (
    SELECT site_id, arg_max(state, run_id) AS run_state, arg_max(message, run_id) AS message, max(run_id) AS run_id FROM site_run GROUP BY site_id
),
walked AS (
    SELECT l.site_id, max(n.started_at)::DATE AS complete_on
    FROM listing l JOIN run n USING (run_id) WHERE l.complete GROUP BY l.site_id
),
trouble AS (SELECT url, string_agg(message, '; ' ORDER BY message) AS message FROM problem WHERE resolved_at IS NULL GROUP BY url),
hidden AS (SELECT DISTINCT agency_id, year, true AS withdrawn FROM withdrawal),
told AS (
    SELECT
        p.agency_id, p.year, r.scope, e.reason, e.agency_id IS NOT NULL AS expected, k.url AS link_url, r.report_id, r.status, r.days_late,
        r.sound, r.published_on, coalesce(r.url, k.url) AS url, coalesce(r.site_id, k.site_id, a.site_id) AS site_id,
        EXISTS (SELECT 1 FROM reading WHERE reading.url = k.url) AS was_read
    FROM pair p
    JOIN agency a USING (agency_id)
    LEFT JOIN expected e ON (e.agency_id, e.year) = (p.agency_id, p.year)
    LEFT JOIN linked k ON (k.agency_id, k.year) = (p.agency_id, p.year)
    LEFT JOIN annual_report r ON (r.agency_id, r.year) = (p.agency_id, p.year)
)
SELECT
    t.agency_id, a.name AS agency, a.level, a.kind, a.division_code, province.name AS province, prefecture.name AS prefecture,
    county.name AS county, t.site_id, t.year, t.scope, t.expected, t.reason,
    CASE
        WHEN t.status = 'read' AND t.sound THEN 'sound'
        WHEN t.status = 'read' THEN 'unsound'
        WHEN t.status IS NOT NULL THEN t.status
        WHEN h.withdrawn THEN 'withdrawn'
        WHEN t.link_url IS NOT NULL AND t.was_read THEN 'not_read'
        WHEN t.link_url IS NOT NULL THEN 'not_fetched'
        WHEN l.run_state IS NULL THEN 'not_looked_at'
        WHEN l.run_state IN ('blocked', 'robots', 'unreachable', 'never_delivered') THEN 'not_reachable'
        WHEN w.complete_on IS NULL THEN 'not_looked_at'
        WHEN w.complete_on <= make_date(t.year + 1, 1, 31) THEN 'not_due'
        ELSE 'not_published'
    END AS state,
    CASE WHEN t.report_id IS NOT NULL OR t.link_url IS NOT NULL OR state = 'withdrawn' THEN true WHEN state = 'not_published' THEN false END AS published,
    t.report_id IS NOT NULL OR t.link_url IS NOT NULL OR state = 'withdrawn' AS found,
    coalesce(t.status IN ('read', 'partial'), false) AS read,
    coalesce(t.sound, false) AS sound,
    t.published_on, t.days_late, t.report_id, t.url, coalesce(x.message, CASE WHEN state = 'not_reachable' THEN l.message END) AS message
FROM told t
JOIN agency a USING (agency_id)
LEFT JOIN last_run l ON l.site_id = t.site_id
LEFT JOIN walked w ON w.site_id = t.site_id
LEFT JOIN trouble x ON x.url = t.url
LEFT JOIN hidden h ON (h.agency_id, h.year) = (t.agency_id, t.year)
LEFT JOIN division province ON province.code = left(a.division_code, 2)
LEFT JOIN division prefecture ON prefecture.code = left(a.division_code, 4) AND length(prefecture.code) = 4
LEFT JOIN division county ON county.code = left(a.division_code, 6) AND length(county.code) = 6;
