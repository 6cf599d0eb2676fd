-- Which reports leave cells blank, print dashes, or could not be read.
-- columns: agency, scope, year, blank_cells, unreadable_cells, cells, share
SELECT
    agency, scope, year, blank_cells, unreadable_cells, cells,
    round((blank_cells + unreadable_cells) / nullif(cells, 0), 3) AS share
FROM annual_report
WHERE blank_cells + unreadable_cells > 0
ORDER BY share DESC, agency, scope, year;
