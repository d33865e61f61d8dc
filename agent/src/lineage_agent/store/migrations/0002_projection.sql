-- The projection: facts read out of the events. Every fact merges by a rule that does not depend on the order of
-- arrival: the earliest or latest time, a flag that is only ever set, or the value with the greatest stamp. A stamp is
-- (event time, terminal priority, event hash) as 25 bytes that compare in that order. Times in _ns are event times.

CREATE TABLE namespace (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE node (
  id            INTEGER PRIMARY KEY,               -- the node's number on the wire; never reused within an epoch
  kind          INTEGER NOT NULL,                  -- 0 dataset, 1 job
  namespace     INTEGER NOT NULL REFERENCES namespace (id),
  name          TEXT NOT NULL,
  named         INTEGER NOT NULL DEFAULT 0,        -- 1: named in an event's job, run, inputs, outputs or dataset
  updated_ns    INTEGER,                           -- latest event that named it
  output_stamp  BLOB,                              -- dataset: latest event that named it as an output without DROP, or as a new name
  drop_stamp    BLOB,                              -- dataset: latest DROP, or RENAME to another name
  retire_stamp  BLOB,                              -- job: latest retirement
  UNIQUE (kind, namespace, name)
) STRICT;

-- A contribution is what may speak for a node's lineage: a run of a job, a job's design (JobEvents), a dataset's own
-- word (DatasetEvents), or a rename.
CREATE TABLE contribution (
  id             INTEGER PRIMARY KEY,
  owner          INTEGER NOT NULL REFERENCES node (id),
  source         INTEGER NOT NULL,                 -- 0 run, 1 design, 2 dataset, 3 rename
  run_id         TEXT NOT NULL,                    -- '' unless the source is a run
  first_ns       INTEGER NOT NULL,                 -- earliest event
  last_ns        INTEGER NOT NULL,                 -- latest event
  start_ns       INTEGER,                          -- earliest START event
  state          INTEGER,                          -- latest non-terminal event type: 0 START 1 RUNNING 2 OTHER
  state_stamp    BLOB,
  terminal       INTEGER,                          -- latest terminal event type: 3 COMPLETE 4 ABORT 5 FAIL
  terminal_stamp BLOB,
  last_stamp     BLOB NOT NULL,                    -- latest event
  io_stamp       BLOB,                             -- latest event that said which inputs and outputs there are
  began_ns       INTEGER NOT NULL,                 -- start_ns, else first_ns
  ended_ns       INTEGER NOT NULL,                 -- time of the terminal event, else last_ns: the key of "newest"
  reported       INTEGER NOT NULL DEFAULT 0,       -- 1: may speak, since it said anything of lineage
  signature      BLOB,                             -- of what it says; equal for runs that say the same; NULL if completed
  UNIQUE (owner, source, run_id)
) STRICT;
CREATE INDEX contribution_newest ON contribution (owner, source, reported, ended_ns, began_ns, run_id);
CREATE INDEX contribution_completed ON contribution (owner, ended_ns, began_ns, run_id)
  WHERE source = 0 AND reported = 1 AND terminal = 3;
CREATE INDEX contribution_run_id ON contribution (run_id) WHERE source = 0;

CREATE TABLE contribution_io (
  contribution INTEGER NOT NULL REFERENCES contribution (id),
  direction    INTEGER NOT NULL,                   -- 0 input, 1 output
  dataset      INTEGER NOT NULL REFERENCES node (id),
  first_ns     INTEGER NOT NULL,
  stamp        BLOB NOT NULL,                      -- latest event of the contribution that named it
  listed       INTEGER NOT NULL,                   -- 1: among inputs or outputs, 0: only named by a `lineage` facet
  PRIMARY KEY (contribution, direction, dataset)
) STRICT, WITHOUT ROWID;
CREATE INDEX contribution_io_dataset ON contribution_io (dataset, contribution);

CREATE TABLE facet_body (
  id   INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  body BLOB NOT NULL                               -- canonical JSON, zstd
) STRICT;

-- Facets fold by name: the one with the greatest stamp holds. A NULL body is a facet that was deleted.
CREATE TABLE node_facet (
  node  INTEGER NOT NULL REFERENCES node (id),
  name  TEXT NOT NULL,
  stamp BLOB NOT NULL,
  body  INTEGER REFERENCES facet_body (id),
  PRIMARY KEY (node, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_facet (
  contribution INTEGER NOT NULL REFERENCES contribution (id),
  scope        INTEGER NOT NULL,                   -- 0 of the run, 1 of the job during this run (`lineage`)
  name         TEXT NOT NULL,
  stamp        BLOB NOT NULL,
  body         INTEGER REFERENCES facet_body (id),
  PRIMARY KEY (contribution, scope, name)
) STRICT, WITHOUT ROWID;

-- Facets of a dataset that belong to one run: inputFacets, outputFacets, and those that carry lineage or a version.
CREATE TABLE io_facet (
  contribution INTEGER NOT NULL REFERENCES contribution (id),
  direction    INTEGER NOT NULL,
  dataset      INTEGER NOT NULL REFERENCES node (id),
  name         TEXT NOT NULL,
  stamp        BLOB NOT NULL,
  body         INTEGER REFERENCES facet_body (id),
  PRIMARY KEY (contribution, direction, dataset, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX io_facet_dataset ON io_facet (dataset, name);

CREATE TABLE schema_version (
  dataset  INTEGER NOT NULL REFERENCES node (id),
  body     INTEGER NOT NULL REFERENCES facet_body (id), -- the schema's fields alone
  first_ns INTEGER NOT NULL,
  last_ns  INTEGER NOT NULL,
  PRIMARY KEY (dataset, body)
) STRICT, WITHOUT ROWID;

CREATE TABLE claim (
  dataset  INTEGER NOT NULL REFERENCES node (id),
  target   INTEGER NOT NULL REFERENCES node (id),
  type     TEXT NOT NULL,
  first_ns INTEGER NOT NULL,
  stamp    BLOB NOT NULL,
  PRIMARY KEY (dataset, target, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE lifecycle (
  dataset  INTEGER NOT NULL REFERENCES node (id),
  change   TEXT NOT NULL,
  at_ns    INTEGER NOT NULL,
  previous INTEGER NOT NULL DEFAULT 0,             -- RENAME: the node of the former name, else 0
  PRIMARY KEY (dataset, at_ns, change, previous)
) STRICT, WITHOUT ROWID;

-- job -> job entries of a `lineage` facet: dependencies, kept beside the graph.
CREATE TABLE dependency (
  job      INTEGER NOT NULL REFERENCES node (id),
  upstream INTEGER NOT NULL REFERENCES node (id),
  first_ns INTEGER NOT NULL,
  last_ns  INTEGER NOT NULL,
  PRIMARY KEY (job, upstream)
) STRICT, WITHOUT ROWID;

-- Every (dataset, job, direction) ever asserted; a jobless step has the dataset that owns it in place of the job.
-- Current is derived from the contributions by ARCHITECTURE rule 1.
CREATE TABLE edge (
  owner     INTEGER NOT NULL REFERENCES node (id),
  direction INTEGER NOT NULL,
  dataset   INTEGER NOT NULL REFERENCES node (id),
  first_ns  INTEGER NOT NULL,
  last_ns   INTEGER NOT NULL,
  current   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (owner, direction, dataset)
) STRICT, WITHOUT ROWID;
CREATE INDEX edge_dataset ON edge (dataset, direction, owner);
CREATE INDEX edge_current ON edge (owner, direction, dataset) WHERE current = 1;

CREATE TABLE dataset_column (
  id      INTEGER PRIMARY KEY,
  dataset INTEGER NOT NULL REFERENCES node (id),
  name    TEXT NOT NULL,
  UNIQUE (dataset, name)
) STRICT;

-- Every (input column, output column) ever asserted, and how many rows of column_source assert it now.
CREATE TABLE column_edge (
  output  INTEGER NOT NULL REFERENCES dataset_column (id),
  input   INTEGER NOT NULL REFERENCES dataset_column (id),
  sources INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (output, input)
) STRICT, WITHOUT ROWID;
CREATE INDEX column_edge_input ON column_edge (input, output);

-- The current column edges: which facet bodies speak, by owner and output dataset (a facet is read once, on demand).
CREATE TABLE column_source (
  dataset      INTEGER NOT NULL REFERENCES node (id),
  owner        INTEGER NOT NULL REFERENCES node (id),
  body         INTEGER NOT NULL REFERENCES facet_body (id),
  form         INTEGER NOT NULL,                   -- 0 columnLineage, 1 lineage of the dataset, 2 entry of a job's lineage
  PRIMARY KEY (dataset, owner, body, form)
) STRICT, WITHOUT ROWID;
CREATE INDEX column_source_owner ON column_source (owner);
