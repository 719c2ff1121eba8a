-- The store of Descent Studio, from version 3 to 4: sweeps are kept.

CREATE TABLE sweep (
    -- What was asked for at once: every combination of some parameters' values, with several seeds.
    sweep_no INTEGER PRIMARY KEY AUTOINCREMENT,
    sweep_id TEXT NOT NULL UNIQUE,            -- UUID
    name TEXT NOT NULL UNIQUE,                -- readable: "double-descent-3"
    plan TEXT NOT NULL,                       -- JSON: base, axes with their levels, seeds
    created_ms INTEGER NOT NULL,
    trashed_ms INTEGER,                       -- when it was moved to the trash, else NULL; its runs stay
    note TEXT NOT NULL DEFAULT '',
    process_id INTEGER NOT NULL DEFAULT 0,    -- who trains it; 0 when nobody does
    process_started INTEGER NOT NULL DEFAULT 0,
    process_host TEXT NOT NULL DEFAULT ''
);

CREATE TABLE sweep_cell (
    -- One run that the sweep asks for. Runs are found by key, so that one that is stored already counts.
    sweep_no INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,
    position INTEGER NOT NULL,                -- from 0: seeds vary slowest, then the first axis, then the second
    key TEXT NOT NULL,                        -- run.key
    PRIMARY KEY (sweep_no, position)
) WITHOUT ROWID;
CREATE INDEX sweep_cell_key ON sweep_cell (key);
CREATE INDEX run_key ON run (key);
