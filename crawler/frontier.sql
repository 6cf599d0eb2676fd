-- What is known about every address. One row a page; `body` points to the exchange that holds its last full body.
CREATE TABLE IF NOT EXISTS page (
  url           TEXT PRIMARY KEY,
  site          TEXT,
  kind          TEXT,
  first_seen    REAL NOT NULL,
  due_at        REAL,
  attempts      INTEGER NOT NULL DEFAULT 0,
  error         TEXT,
  fetched_at    REAL,
  status        INTEGER,
  etag          TEXT,
  last_modified TEXT,
  sha256        TEXT,
  final_url     TEXT,
  body          INTEGER REFERENCES exchange (number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS page_due ON page (site, due_at);

-- The ledger: one row for each exchange in the archive, in the order in which they were archived. A body that the archive held
-- already is a revisit, and `original` is the exchange that holds it.
CREATE TABLE IF NOT EXISTS exchange (
  number      INTEGER PRIMARY KEY,
  url         TEXT NOT NULL,
  final_url   TEXT NOT NULL,
  site        TEXT,
  method      TEXT NOT NULL,
  fetched_at  TEXT NOT NULL,
  status      INTEGER NOT NULL,
  media_type  TEXT,
  sha256      TEXT NOT NULL,
  bytes       INTEGER NOT NULL,
  warc_file   TEXT NOT NULL,
  warc_offset INTEGER NOT NULL,
  warc_end    INTEGER NOT NULL,
  original    INTEGER REFERENCES exchange (number),
  UNIQUE (warc_file, warc_offset)
);

CREATE INDEX IF NOT EXISTS exchange_url ON exchange (final_url);

CREATE TABLE IF NOT EXISTS payload (
  digest   TEXT PRIMARY KEY,
  exchange INTEGER NOT NULL REFERENCES exchange (number)
) WITHOUT ROWID;

-- What is known of a server, by host and port. `home` is the sha256 of its front page.
CREATE TABLE IF NOT EXISTS host (
  host       TEXT PRIMARY KEY,
  rest_until REAL,
  rest_why   TEXT,
  rest_code  TEXT,
  scheme     TEXT,
  tls_why    TEXT,
  tls_since  REAL,
  home       TEXT
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS robots (
  origin  TEXT PRIMARY KEY,
  state   TEXT NOT NULL,
  text    TEXT NOT NULL,
  why     TEXT NOT NULL,
  expires REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS lesson (
  site TEXT PRIMARY KEY,
  json TEXT NOT NULL
) WITHOUT ROWID;
