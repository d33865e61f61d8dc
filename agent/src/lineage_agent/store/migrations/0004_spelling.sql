-- Which nodes are spellings of one thing, by the rules and by what the domain declares (store/spellings.py). No fact of
-- the record: made anew whenever rules or declarations change. A name that denotes nothing has no row.

CREATE TABLE spelling (
  key  BLOB NOT NULL,                              -- BLAKE2b-128 of the text of the canonical key
  node INTEGER NOT NULL REFERENCES node (id),
  PRIMARY KEY (key, node)
) STRICT, WITHOUT ROWID;

-- From a name to the datasets that claim it.
CREATE INDEX claim_target ON claim (target, dataset);
