-- The record: what producers said, as they said it. Everything else in the file can be made again from these tables.

CREATE TABLE meta (
  key   TEXT NOT NULL PRIMARY KEY,  -- see store/meta.py
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  id          INTEGER PRIMARY KEY,  -- order of arrival; never reused, and beyond every sequence given out before
  hash        BLOB NOT NULL UNIQUE, -- BLAKE2b-128 of the event's canonical JSON
  received_us INTEGER NOT NULL,
  body        BLOB NOT NULL         -- the event's JSON, zstd
) STRICT;

CREATE TABLE dead_letter (
  event  INTEGER PRIMARY KEY REFERENCES event (id),
  reason TEXT NOT NULL,
  at_us  INTEGER NOT NULL
) STRICT;

-- One row per projection commit, whose sequence is the id of the last event in it. The nonce tells two histories of one epoch apart, e.g. after a file was copied back.
CREATE TABLE commit_log (
  sequence INTEGER PRIMARY KEY,
  nonce    BLOB NOT NULL,
  at_us    INTEGER NOT NULL
) STRICT;
