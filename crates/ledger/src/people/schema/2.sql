-- Schema 2: who wants to be told of what. Kinds are a JSON list; an empty one is everything.
CREATE TABLE subscription (
    person   TEXT NOT NULL REFERENCES person (name),
    pipeline TEXT NOT NULL,
    kinds    TEXT NOT NULL,
    PRIMARY KEY (person, pipeline)
) STRICT, WITHOUT ROWID;

CREATE INDEX subscription_for_pipeline ON subscription (pipeline, person);
