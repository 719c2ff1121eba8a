-- The store of Descent Studio, from version 2 to 3: long series open at once, and runs have a colour of a person's choice.

ALTER TABLE run ADD COLUMN colour INTEGER;    -- index of the palette, NULL: the run's own

CREATE TABLE pyramid (
    -- Samples of a metric summed up, so that a picture of a million need not read them. Derived from `sample` and
    -- rebuilt when it is absent: level k has a bucket for each 16^k samples, a row holds 256 buckets.
    metric_no INTEGER NOT NULL REFERENCES metric ON DELETE CASCADE,
    level INTEGER NOT NULL,                   -- from 1
    chunk INTEGER NOT NULL,                   -- from 0; only whole ones
    last_update INTEGER NOT NULL,             -- of its last sample: with the next, what it is made of
    data BLOB NOT NULL,                       -- a bucket: update, epoch, seconds, min, max, least above 0, mean, samples, finite ones
                                              -- (int64, 6 × float64, 2 × uint32, little-endian)
    PRIMARY KEY (metric_no, level, chunk)
) WITHOUT ROWID;
