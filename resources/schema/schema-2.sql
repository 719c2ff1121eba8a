-- The store of Descent Studio, from version 1 to 2: what was changed while a run trained.

CREATE TABLE change (
    -- Parameters changed while a run trained, by a person or as its spec says; made again when it is resumed.
    run_no INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    update_count INTEGER NOT NULL,            -- done when it was made: in force from the next update on
    path TEXT NOT NULL,                       -- "optimizer.lr"
    value TEXT NOT NULL,
    PRIMARY KEY (run_no, update_count, path)
) WITHOUT ROWID;
