-- Schema 3: everything that somebody was ever called. Nothing is taken out: who gives a name up is who had it.
CREATE TABLE called (
    person TEXT NOT NULL REFERENCES person (name),
    name   TEXT NOT NULL CHECK (name <> ''),
    PRIMARY KEY (person, name)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO called (person, name)
SELECT name, display_name FROM person WHERE display_name <> ''
UNION SELECT name, email FROM person WHERE email <> ''
UNION SELECT name, subject FROM person WHERE subject <> '';
