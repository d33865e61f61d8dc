-- The publication: the state of each node as last published, under the sequence of the commit that changed it. One row
-- per node is all that the feed needs: a reader that knows sequence N asks for the rows beyond it. A NULL record is a
-- tombstone.

CREATE TABLE publication (
  node        INTEGER PRIMARY KEY REFERENCES node (id),
  sequence    INTEGER NOT NULL,                    -- the topology (the record) last changed here
  touched     INTEGER NOT NULL,                    -- anything below last changed here
  record      BLOB,                                -- msgpack NodeRecord without revisions and volatile fields
  volatile    BLOB NOT NULL,                       -- msgpack Volatile
  rev_schema  INTEGER NOT NULL DEFAULT 0,
  rev_columns INTEGER NOT NULL DEFAULT 0,
  rev_runs    INTEGER NOT NULL DEFAULT 0,
  rev_facets  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX publication_sequence ON publication (sequence);
CREATE INDEX publication_touched ON publication (touched);
