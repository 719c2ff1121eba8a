-- The store of Descent Studio, version 1 (PRAGMA user_version). Everything a person ever trained is in this one file.
-- Columns named *_ms are milliseconds since 1970-01-01 UTC. "update" is one optimizer step, "epoch" one pass over the
-- training set; columns called update_count hold the number of updates done when something was measured.

CREATE TABLE run (
    -- One execution of a spec. What changes while it trains and what a person edits; how to repeat it: provenance.
    run_no INTEGER PRIMARY KEY AUTOINCREMENT, -- what other tables refer to; never used twice
    run_id TEXT NOT NULL UNIQUE,              -- UUID, the run's identity also in other stores
    name TEXT NOT NULL UNIQUE,                -- readable: "brave-otter-12"
    key TEXT NOT NULL,                        -- identity of what was asked for: equal specs have equal keys
    task TEXT NOT NULL,
    model TEXT NOT NULL,
    optimizer TEXT NOT NULL,
    regime TEXT NOT NULL,
    seed NOT NULL,                            -- integer; as text from 9223372036854775808 on
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'finished', 'stopped', 'diverged', 'failed',
                                         'interrupted')),
    reason TEXT NOT NULL DEFAULT '',          -- why it is in that state, where the word does not say it all
    created_ms INTEGER NOT NULL,
    started_ms INTEGER,
    ended_ms INTEGER,
    updated_ms INTEGER NOT NULL,              -- when the trainer was last heard of
    updates INTEGER NOT NULL DEFAULT 0,       -- done so far
    planned_updates INTEGER NOT NULL DEFAULT 0,
    epoch REAL NOT NULL DEFAULT 0,            -- passes done so far, with a fraction inside an epoch
    seconds REAL NOT NULL DEFAULT 0,          -- training time, pauses left out
    process_id INTEGER NOT NULL DEFAULT 0,    -- who trains it; 0 when over
    process_started INTEGER NOT NULL DEFAULT 0, -- its start in ticks since boot, for a process id may be used again
    process_host TEXT NOT NULL DEFAULT '',
    starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
    trashed_ms INTEGER,                       -- when it was moved to the trash, else NULL
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX run_created ON run (created_ms);

CREATE TABLE dataset (
    -- What runs learnt from, with its split; one row for all runs that share it.
    dataset_no INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,              -- SHA-256 of the columns below
    data_hash TEXT NOT NULL,                  -- SHA-256 of the normalised examples, labels and split
    source TEXT NOT NULL,                     -- "built-in" or the folder
    train_examples INTEGER NOT NULL,
    validation_examples INTEGER NOT NULL,
    test_examples INTEGER NOT NULL,
    majority_baseline REAL,                   -- validation accuracy of always answering the commonest training class
    classes TEXT NOT NULL,                    -- JSON list of names
    report TEXT NOT NULL,                     -- JSON: counts per class, dropped characters, duplicates
    manifest TEXT NOT NULL                    -- JSON: the split, example by example
);

CREATE TABLE provenance (
    -- All that is needed to repeat a run.
    run_no INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    dataset_no INTEGER NOT NULL REFERENCES dataset,
    studio_version TEXT NOT NULL,
    torch_version TEXT NOT NULL,
    blas TEXT NOT NULL,
    threads INTEGER NOT NULL,
    host TEXT NOT NULL,
    parameters INTEGER NOT NULL,              -- trainable weights of the model
    spec TEXT NOT NULL                        -- JSON: task, model, optimizer, regime, budget, seed
);

CREATE TABLE param (
    -- The parameters of provenance.spec, one a row, to filter and join by.
    run_no INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    part TEXT NOT NULL,                       -- "task", "model", "optimizer" or "regime"
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    number REAL,                              -- the value where it is a number or (0, 1) a flag
    PRIMARY KEY (run_no, part, name)
) WITHOUT ROWID;

CREATE TABLE metric (
    -- What was measured in a run, with a summary that is kept up to date.
    metric_no INTEGER PRIMARY KEY,
    run_no INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    position INTEGER NOT NULL,                -- its number within the run, from 0
    name TEXT NOT NULL,                       -- "validation/accuracy"
    unit TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('none', 'lower', 'higher')), -- which way is better
    last REAL,                                -- NULL with a last_update: not a number
    last_update INTEGER,                      -- NULL: not measured yet
    best REAL,                                -- of all that are numbers; the last where no direction is better
    best_update INTEGER,
    UNIQUE (run_no, name),
    UNIQUE (run_no, position)
);

CREATE TABLE sample (
    -- Every measured number. NULL in value means not a number (NaN); infinities are stored as such (9e999).
    metric_no INTEGER NOT NULL REFERENCES metric ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    update_count INTEGER NOT NULL,
    epoch REAL,
    seconds REAL,                             -- training time since the run began, pauses left out
    value REAL,
    PRIMARY KEY (metric_no, update_count)
) WITHOUT ROWID;

CREATE TABLE curve (
    -- Tables of numbers measured at one moment: a confusion matrix (row = true class), the points of a curve.
    curve_no INTEGER PRIMARY KEY,
    run_no INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    name TEXT NOT NULL,
    update_count INTEGER NOT NULL,
    epoch REAL,
    row_count INTEGER NOT NULL,
    column_count INTEGER NOT NULL,
    data BLOB NOT NULL,                       -- row by row, 64-bit floats, little-endian
    UNIQUE (run_no, name, update_count)
);

CREATE TABLE log (
    -- What a run said, in order of log_no.
    log_no INTEGER PRIMARY KEY,
    run_no INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    time_ms INTEGER NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    text TEXT NOT NULL
);
CREATE INDEX log_of_run ON log (run_no);

CREATE TABLE checkpoint (
    -- What a run can be resumed from: files in the folder "<store>.checkpoints" beside the store.
    run_no INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    update_count INTEGER NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (run_no, update_count)
) WITHOUT ROWID;

CREATE TABLE tag (
    run_no INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (run_no, tag)
) WITHOUT ROWID;

CREATE VIEW run_summary AS
    -- One row a run, the one to look at first. `last` and `best` are JSON objects by metric name:
    -- best ->> '$."validation/accuracy"'. (JSON knows no infinity: 9e999 is read as one.)
    SELECT r.run_no, r.run_id, r.name, r.state, r.reason, r.task, r.model, r.optimizer, r.regime, r.seed,
           r.updates, r.planned_updates, r.epoch AS epochs, r.seconds,
           (SELECT '{' || group_concat(json_quote(m.name) || ':' ||
                          CASE WHEN m.last IS NULL THEN 'null' WHEN m.last = 9e999 THEN '9e999'
                               WHEN m.last = -9e999 THEN '-9e999' ELSE printf('%!.17g', m.last) END) || '}'
              FROM metric m WHERE m.run_no = r.run_no AND m.last_update IS NOT NULL) AS last,
           (SELECT '{' || group_concat(json_quote(m.name) || ':' ||
                          CASE WHEN m.best IS NULL THEN 'null' WHEN m.best = 9e999 THEN '9e999'
                               WHEN m.best = -9e999 THEN '-9e999' ELSE printf('%!.17g', m.best) END) || '}'
              FROM metric m WHERE m.run_no = r.run_no AND m.best_update IS NOT NULL) AS best,
           (SELECT group_concat(t.tag, ', ') FROM tag t WHERE t.run_no = r.run_no) AS tags,
           r.starred, r.note, r.trashed_ms, r.key,
           datetime(r.created_ms / 1000, 'unixepoch') AS created_utc,
           r.created_ms, r.started_ms, r.ended_ms, r.process_id,
           p.threads, p.studio_version, p.torch_version, p.blas, p.host, p.parameters, p.spec, p.dataset_no,
           d.source AS data_source, d.data_hash, d.train_examples, d.validation_examples, d.test_examples,
           d.majority_baseline
      FROM run r
      LEFT JOIN provenance p ON p.run_no = r.run_no
      LEFT JOIN dataset d ON d.dataset_no = p.dataset_no;

CREATE VIEW samples_named AS
    -- Every sample under the names of its run and metric.
    SELECT r.name AS run, m.name AS metric, s.update_count, s.epoch, s.seconds, s.value, r.run_id
      FROM sample s
      JOIN metric m ON m.metric_no = s.metric_no
      JOIN run r ON r.run_no = m.run_no;
