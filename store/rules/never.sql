-- several versions are current of agency {}, {}, {}
SELECT agency_id, year, scope FROM report WHERE is_current GROUP BY ALL HAVING count(*) > 1;

-- no version is current of agency {}, {}, {}
SELECT agency_id, year, scope FROM report WHERE NOT retired GROUP BY ALL HAVING NOT bool_or(is_current);

-- the number {} is borne by several reports
SELECT report_id FROM report GROUP BY ALL HAVING count(*) > 1;

-- report {} has two figures for {} × {}
SELECT report_id, row_code, column_code FROM figure GROUP BY report_id, table_code, row_code, column_code HAVING count(*) > 1;

-- report {} says that it has {} cells and has {}
SELECT r.report_id, r.cells, count(f.report_id) FROM report r LEFT JOIN figure f USING (report_id)
GROUP BY r.report_id, r.cells HAVING r.cells <> count(f.report_id);

-- figures belong to report {}, which is not held
SELECT DISTINCT report_id FROM figure ANTI JOIN report USING (report_id);

-- the state of a figure of report {}, {} × {}, denies its number, or lacks one
SELECT report_id, row_code, column_code FROM figure WHERE (value IS NULL) = (state = 'number');

-- report {} has figures read from {}, which is none of its parts
SELECT DISTINCT report_id, sha256 FROM figure ANTI JOIN part USING (report_id, sha256);

-- report {} has no provenance
SELECT report_id FROM report ANTI JOIN part USING (report_id);

-- report {} is of agency {}, which is not held
SELECT report_id, agency_id FROM report ANTI JOIN agency USING (agency_id);

-- the key {} is borne by several agencies
SELECT agency_id FROM agency GROUP BY ALL HAVING count(*) > 1;

-- agency {} stands twice in the roster of {}
SELECT agency_id, year FROM roster GROUP BY ALL HAVING count(*) > 1;

-- the record in {} at byte {} has several captures
SELECT warc_file, warc_offset FROM capture GROUP BY ALL HAVING count(*) > 1;
