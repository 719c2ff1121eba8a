-- The store of Descent Studio, from version 4 to 5: checkpoints with what they are worth, runs with what they come from.

ALTER TABLE run ADD COLUMN parent TEXT;            -- run_id of the run it branched off, in this store or not; NULL: none
ALTER TABLE run ADD COLUMN parent_update INTEGER;  -- updates done there when it did

ALTER TABLE checkpoint ADD COLUMN sha256 TEXT NOT NULL DEFAULT ''; -- of the file, hex; '': not known
ALTER TABLE checkpoint ADD COLUMN epoch REAL;      -- passes done; NULL: not known
ALTER TABLE checkpoint ADD COLUMN loss REAL;       -- of these weights on the validation set, without one on the training set; NULL: not evaluated
ALTER TABLE checkpoint ADD COLUMN best INTEGER NOT NULL DEFAULT 0 CHECK (best IN (0, 1)); -- 1: of least loss so far, one a run
