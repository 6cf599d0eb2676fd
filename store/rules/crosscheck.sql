CREATE OR REPLACE TEMP MACRO plain(number) AS regexp_replace(number::DECIMAL(24, 6)::VARCHAR, '\.?0+$', '');

-- Across years: both sides of each rule, summed over this year's and last year's figures.
INSERT INTO finding
WITH printed AS (SELECT DISTINCT report_id, table_code, row_code FROM figure SEMI JOIN portion USING (report_id)),
put AS (
    SELECT c.report_id, c.previous_id, c.year, t.*
    FROM portion c
    JOIN report_table e ON e.report_id = c.report_id
    JOIN term t ON t.table_code = e.table_code AND t.edition = e.edition
    WHERE t.at_row IS NULL OR EXISTS (
        FROM printed f WHERE f.report_id = c.report_id AND f.row_code = t.at_row AND f.table_code = t.table_code)
),
needed AS (SELECT DISTINCT table_code, row_code, column_code FROM term),
value AS (
    SELECT f.* FROM figure f SEMI JOIN needed USING (table_code, row_code, column_code)
    SEMI JOIN (SELECT report_id FROM portion UNION SELECT previous_id FROM portion) USING (report_id)
),
side AS (
    SELECT
        p.report_id, p.previous_id, p.year, p.rule, p.severity, p.relation, p.at_row, p.at_column, p.is_left,
        count(f.value) = count(*) AS whole, sum(p.sign * f.value) AS total,
        string_agg(
            CASE WHEN p.sign < 0 THEN '- ' ELSE '+ ' END || p.label || CASE WHEN p.previous THEN ' of ' || (p.year - 1) ELSE '' END
            || ' ' || coalesce(plain(f.value), '(no number)'), ' ' ORDER BY p.previous DESC, p.sign DESC, p.label) AS told
    FROM put p
    LEFT JOIN value f ON f.report_id = CASE WHEN p.previous THEN p.previous_id ELSE p.report_id END
        AND (f.table_code, f.row_code, f.column_code) = (p.table_code, p.row_code, p.column_code)
    GROUP BY ALL
),
both_sides AS (
    SELECT
        l.report_id, l.previous_id, l.year, l.rule, l.severity, l.at_row, l.at_column, l.whole AND r.whole AS whole, l.total AS actual,
        r.total AS expected, CASE l.relation WHEN '=' THEN l.total = r.total ELSE l.total >= r.total END AS holds,
        CASE l.relation WHEN '=' THEN '≠' ELSE '<' END AS broken, l.relation, ltrim(l.told, '+ ') AS left_told, ltrim(r.told, '+ ') AS right_told
    FROM side l
    JOIN side r ON r.report_id = l.report_id AND r.rule = l.rule AND r.at_row IS NOT DISTINCT FROM l.at_row
        AND r.at_column IS NOT DISTINCT FROM l.at_column AND NOT r.is_left
    WHERE l.is_left
)
SELECT
    report_id, previous_id, rule, severity, at_row, at_column,
    CASE WHEN NOT whole THEN 'not_assessable' WHEN holds THEN 'pass' ELSE 'fail' END,
    CASE WHEN whole THEN plain(expected) END, CASE WHEN whole THEN plain(actual) END,
    CASE WHEN previous_id IS NULL THEN 'no readable report on ' || (year - 1) || ' is held'
        ELSE left_told || CASE WHEN NOT whole THEN ' against ' WHEN holds THEN ' ' || relation || ' ' ELSE ' ' || broken || ' ' END || right_told
    END
FROM both_sides ORDER BY ALL;

-- Copies of one report at several addresses.
INSERT INTO finding
WITH copy AS (
    SELECT c.report_id, v.report_id AS other_id, v.url
    FROM portion c JOIN report r ON r.report_id = c.report_id
    JOIN report v ON (v.agency_id, v.year, v.scope) = (c.agency_id, c.year, c.scope) AND NOT v.retired AND v.gone_on IS NULL AND v.url <> r.url
    QUALIFY v.version = max(v.version) OVER (PARTITION BY c.report_id, v.url)
),
pair AS (
    SELECT k.*, a.row_code, a.column_code, a.value AS ours, b.value AS theirs
    FROM copy k JOIN figure a ON a.report_id = k.report_id
    JOIN figure b ON b.report_id = k.other_id AND (b.table_code, b.row_code, b.column_code) = (a.table_code, a.row_code, a.column_code)
    WHERE a.value IS NOT NULL AND b.value IS NOT NULL
)
SELECT report_id, other_id, 'COPIES', severity, row_code, column_code, 'fail', plain(theirs), plain(ours),
    plain(ours) || ' here, ' || plain(theirs) || ' at ' || url
FROM pair JOIN severity s ON s.rule = 'COPIES' WHERE ours <> theirs
UNION ALL
SELECT report_id, other_id, 'COPIES', any_value(severity), NULL, NULL, 'pass', NULL, NULL, 'the same figures at ' || any_value(url)
FROM pair JOIN severity s ON s.rule = 'COPIES' GROUP BY report_id, other_id HAVING bool_and(ours = theirs);

-- Rules (规章) only from those who may make them.
INSERT INTO finding
SELECT
    c.report_id, NULL, 'T2.rules_level', s.severity, f.row_code, f.column_code,
    CASE
        WHEN f.state = 'unreadable' THEN 'not_assessable'
        WHEN coalesce(f.value, 0) = 0 THEN 'pass'
        WHEN a.level IS NULL THEN 'not_assessable'
        WHEN a.level IN ('ministry', 'province', 'prefecture') THEN 'pass'
        ELSE 'fail'
    END,
    CASE WHEN a.level IN ('county', 'township') THEN '0' END, plain(f.value),
    CASE WHEN a.level IS NULL THEN 'the level of ' || a.name || ' is not known'
        ELSE a.name || ' is of level ' || a.level || ': ' || coalesce(plain(f.value), 'no number') END
FROM portion c
JOIN agency a USING (agency_id)
JOIN figure f ON f.report_id = c.report_id AND f.row_code = 'disclosure.rules'
JOIN severity s ON s.rule = 'T2.rules_level';

-- In time for its level and scope.
INSERT INTO finding
WITH due AS (
    SELECT c.report_id, r.published_on, r.scope, a.level, a.name, deadline(r.year, r.scope, a.level, a.kind) AS due_on
    FROM portion c JOIN report r USING (report_id) JOIN agency a ON a.agency_id = c.agency_id
)
SELECT
    d.report_id, NULL, 'M.deadline', s.severity, NULL, NULL,
    CASE WHEN due_on IS NULL OR published_on IS NULL THEN 'not_assessable' WHEN published_on <= due_on THEN 'pass' ELSE 'fail' END,
    due_on::VARCHAR, published_on::VARCHAR,
    CASE
        WHEN published_on IS NULL THEN 'no date of publication or signature'
        WHEN due_on IS NULL THEN 'the level of ' || name || ' is not known'
        WHEN published_on <= due_on THEN 'published ' || published_on || ', due ' || due_on
        ELSE 'published ' || published_on || ', ' || (published_on - due_on) || ' days after ' || due_on
    END
FROM due d JOIN severity s ON s.rule = 'M.deadline';

-- Aggregate = own + members, cell by cell.
CREATE OR REPLACE TEMP TABLE member AS
WITH aggregate AS (SELECT report_id, agency_id, year FROM portion WHERE scope = 'aggregate'),
child AS (
    SELECT g.report_id AS aggregate_id, g.agency_id AS above_id, g.year, a.agency_id, a.name,
        CASE WHEN a.kind = 'government' AND a.level <> 'township' THEN 'aggregate' ELSE 'own' END AS scope
    FROM aggregate g JOIN agency a ON a.parent_id = g.agency_id AND a.kind <> 'vertical'
    SEMI JOIN roster x ON x.agency_id = a.agency_id AND x.year = g.year
    ANTI JOIN agency_succession s ON s.former_id = a.agency_id AND s.last_year < g.year
),
own AS (
    SELECT g.report_id AS aggregate_id, g.agency_id AS above_id, g.year, a.agency_id, a.name, 'own' AS scope
    FROM aggregate g JOIN agency a USING (agency_id)
    WHERE NOT EXISTS (FROM child c WHERE c.aggregate_id = g.report_id AND regexp_matches(c.name, '(政府|公署)办公[室厅]$'))
)
SELECT m.*, r.report_id
FROM (FROM child UNION ALL FROM own) m
LEFT JOIN report r ON (r.agency_id, r.year, r.scope) = (m.agency_id, m.year, m.scope) AND r.is_current AND r.status IN ('read', 'partial');

INSERT INTO finding
WITH state AS (
    SELECT
        c.report_id, count(*) FILTER (m.agency_id <> c.agency_id) AS known, count(*) FILTER (m.report_id IS NULL) AS missing,
        list(m.name ORDER BY m.name) FILTER (m.report_id IS NULL) AS names
    FROM portion c LEFT JOIN member m ON m.aggregate_id = c.report_id WHERE c.scope = 'aggregate' GROUP BY c.report_id
),
cell AS (
    SELECT c.report_id, f.table_code, f.row_code, f.column_code, f.value, count(*) AS members, count(k.value) AS numbers,
        sum(k.value) AS total, list(m.name ORDER BY m.name) FILTER (k.value IS NULL) AS without
    FROM state c
    JOIN figure f ON f.report_id = c.report_id AND f.table_code IN $tables
    JOIN member m ON m.aggregate_id = c.report_id
    LEFT JOIN figure k ON k.report_id = m.report_id AND (k.table_code, k.row_code, k.column_code) = (f.table_code, f.row_code, f.column_code)
    WHERE c.known > 0 AND c.missing = 0
    GROUP BY ALL
)
SELECT report_id, NULL, 'ROLLUP', s.severity, NULL, NULL, 'not_assessable', NULL, NULL,
    CASE WHEN known = 0 THEN 'no member is known for that year'
        ELSE missing || ' of its members are not held: ' || array_to_string(names[:20], '、')
            || CASE WHEN missing > 20 THEN ' and ' || (missing - 20) || ' more' ELSE '' END END
FROM state JOIN severity s ON s.rule = 'ROLLUP' WHERE known = 0 OR missing > 0
UNION ALL
SELECT
    report_id, NULL, 'ROLLUP', s.severity, row_code, column_code,
    CASE WHEN value IS NULL OR numbers < members THEN 'not_assessable' WHEN value = total THEN 'pass' ELSE 'fail' END,
    CASE WHEN numbers = members THEN plain(total) END, plain(value),
    CASE WHEN value IS NULL THEN 'the aggregate prints no number'
        WHEN numbers < members THEN 'no number from ' || array_to_string(without[:20], '、')
        ELSE 'aggregate ' || plain(value) || ', ' || members || ' members together ' || plain(total) END
FROM cell JOIN severity s ON s.rule = 'ROLLUP';
