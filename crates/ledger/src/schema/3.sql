-- Schema 3: the hash of the newest entry is found without reading what the entry says, which may be megabytes.
CREATE UNIQUE INDEX entry_by_hash ON entry (pipeline, seq, hash);
