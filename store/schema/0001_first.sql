-- The first schema. Later changes are further numbered files; none is ever edited after a release.
-- Keys are enforced by the one writer, not by indexes: figure would need gigabytes of them. `nianbao verify` checks them.

CREATE TABLE archive (key VARCHAR, value VARCHAR);

CREATE TABLE site (site_id VARCHAR, name VARCHAR, home VARCHAR, division_code VARCHAR, family VARCHAR);

CREATE TABLE run (
    run_id INTEGER, started_at TIMESTAMP, finished_at TIMESTAMP, exit_code INTEGER,
    sites INTEGER, listings INTEGER, requests BIGINT, bytes BIGINT, links INTEGER, captures INTEGER,
    reports_new INTEGER, reports_corrected INTEGER, reports_reread INTEGER, reports_unchanged INTEGER, reports_rejected INTEGER,
    problems INTEGER
);

CREATE TABLE site_run (
    run_id INTEGER, site_id VARCHAR, state VARCHAR, requests BIGINT, bytes BIGINT, reports_new INTEGER, message VARCHAR
);

CREATE TABLE agency (
    agency_id INTEGER, name VARCHAR, level VARCHAR, kind VARCHAR, division_code VARCHAR, parent_id INTEGER, site_id VARCHAR
);

CREATE TABLE agency_name (
    agency_id INTEGER, name VARCHAR, division_code VARCHAR, first_year SMALLINT, last_year SMALLINT
);

CREATE TABLE roster (agency_id INTEGER, year SMALLINT, reason VARCHAR);

CREATE TABLE listing (
    run_id INTEGER, site_id VARCHAR, url VARCHAR, family VARCHAR, declared_total INTEGER, declared_pages INTEGER,
    distinct_found INTEGER, requests INTEGER, stop_reason VARCHAR, complete BOOLEAN, message VARCHAR
);

CREATE TABLE link (
    site_id VARCHAR, url VARCHAR, listing_url VARCHAR, title VARCHAR, kind VARCHAR, why VARCHAR, agency_id INTEGER, year SMALLINT,
    published_on DATE, first_run INTEGER, last_run INTEGER
);

CREATE TABLE capture (
    capture_id INTEGER, run_id INTEGER, site_id VARCHAR, url VARCHAR, final_url VARCHAR, fetched_at TIMESTAMP, status SMALLINT,
    media_type VARCHAR, sha256 VARCHAR, bytes BIGINT, truncated VARCHAR, origin VARCHAR, warc_file VARCHAR, warc_offset BIGINT
);

CREATE TABLE report (
    report_id INTEGER, agency_id INTEGER, agency VARCHAR, division_code VARCHAR, year SMALLINT, scope VARCHAR, version SMALLINT,
    reason VARCHAR, is_current BOOLEAN, gone_on DATE, title VARCHAR, signed_on DATE, published_on DATE, index_number VARCHAR,
    edition VARCHAR, url VARCHAR, media_type VARCHAR, sha256 VARCHAR, captured_at TIMESTAMP, warc_file VARCHAR, warc_offset BIGINT,
    reader VARCHAR, reader_version VARCHAR, status VARCHAR, site_id VARCHAR, run_id INTEGER, content_hash VARCHAR, source_hash VARCHAR, retired BOOLEAN,
    cells INTEGER, blank_cells INTEGER, unreadable_cells INTEGER
);

CREATE TABLE part (
    report_id INTEGER, part SMALLINT, url VARCHAR, media_type VARCHAR, sha256 VARCHAR, captured_at TIMESTAMP, warc_file VARCHAR,
    warc_offset BIGINT
);

CREATE TABLE reading (
    run_id INTEGER, site_id VARCHAR, url VARCHAR, sha256 VARCHAR, captured_at TIMESTAMP, reader VARCHAR, reader_version VARCHAR,
    status VARCHAR, outcome VARCHAR, report_id INTEGER
);

CREATE TABLE report_table (
    report_id INTEGER, table_code VARCHAR, edition VARCHAR, complete BOOLEAN, sha256 VARCHAR, page SMALLINT, table_no SMALLINT
);

CREATE TABLE figure (
    report_id INTEGER, table_code VARCHAR, row_code VARCHAR, column_code VARCHAR, value DECIMAL(24, 6), unit VARCHAR, state VARCHAR,
    raw VARCHAR, sha256 VARCHAR, page SMALLINT, table_no SMALLINT, row_no SMALLINT, column_no SMALLINT, x0 REAL, top REAL, x1 REAL,
    bottom REAL, reader VARCHAR, confidence REAL, label_match VARCHAR, note VARCHAR, repaired BOOLEAN
);

CREATE TABLE extra_cell (
    report_id INTEGER, table_code VARCHAR, row_label VARCHAR, column_label VARCHAR, raw VARCHAR, page SMALLINT, table_no SMALLINT,
    row_no SMALLINT, column_no SMALLINT
);

CREATE TABLE section (
    report_id INTEGER, ordinal SMALLINT, code VARCHAR, number VARCHAR, heading VARCHAR, text VARCHAR, text_hash VARCHAR
);

CREATE TABLE claim (
    report_id INTEGER, code VARCHAR, value DECIMAL(24, 6), unit VARCHAR, approximate BOOLEAN, sentence VARCHAR, section_ordinal SMALLINT
);

CREATE TABLE finding (
    report_id INTEGER, other_report_id INTEGER, rule VARCHAR, severity VARCHAR, row_code VARCHAR, column_code VARCHAR, outcome VARCHAR,
    expected VARCHAR, actual VARCHAR, message VARCHAR
);

CREATE TABLE similarity (report_id INTEGER, other_report_id INTEGER, code VARCHAR, relation VARCHAR, similarity REAL);

CREATE TABLE problem (
    run_id INTEGER, site_id VARCHAR, stage VARCHAR, url VARCHAR, report_id INTEGER, code VARCHAR, message VARCHAR,
    first_seen TIMESTAMP, last_seen TIMESTAMP, resolved_at TIMESTAMP
);

CREATE TABLE hand_correction (
    agency_id INTEGER, agency VARCHAR, year SMALLINT, scope VARCHAR, table_code VARCHAR, row_code VARCHAR, column_code VARCHAR,
    old VARCHAR, new VARCHAR, reason VARCHAR, who VARCHAR, report_id INTEGER, applied BOOLEAN, message VARCHAR,
    old_value DECIMAL(24, 6), old_state VARCHAR, old_reader VARCHAR, old_confidence REAL
);

CREATE TABLE withdrawal (
    agency_id INTEGER, agency VARCHAR, year SMALLINT, scope VARCHAR, url VARCHAR, withdrawn_on DATE, who VARCHAR, reason VARCHAR
);

CREATE TABLE division (code VARCHAR, name VARCHAR, full_name VARCHAR, level VARCHAR, parent_code VARCHAR);

CREATE TABLE report_check (
    report_id INTEGER, passed INTEGER, failed_error INTEGER, failed_warn INTEGER, failed_info INTEGER, not_assessable INTEGER
);

CREATE TABLE form_edition (edition VARCHAR, notice VARCHAR, issued DATE, first_year SMALLINT, last_year SMALLINT, source VARCHAR, status VARCHAR);
CREATE TABLE form_table (table_code VARCHAR, number SMALLINT, zh VARCHAR, en VARCHAR, layout VARCHAR);
CREATE TABLE form_row (
    table_code VARCHAR, code VARCHAR, zh VARCHAR, en VARCHAR, unit VARCHAR, parent VARCHAR, edition VARCHAR, position SMALLINT,
    kind VARCHAR, law VARCHAR
);
CREATE TABLE form_column (
    table_code VARCHAR, code VARCHAR, zh VARCHAR, en VARCHAR, unit VARCHAR, parent VARCHAR, edition VARCHAR, position SMALLINT
);
CREATE TABLE form_section (code VARCHAR, zh VARCHAR, edition VARCHAR, position SMALLINT, kind VARCHAR);
CREATE TABLE form_rule (rule VARCHAR, zh VARCHAR, en VARCHAR, severity VARCHAR, basis VARCHAR, needs VARCHAR);
CREATE TABLE form_crosswalk (source VARCHAR, target VARCHAR, relation VARCHAR);
