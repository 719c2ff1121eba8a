-- What Descent Studio 0.1.0 adds to a store of version 3 for the run of version-1.sql, when it is given a colour.
UPDATE "run" SET colour=5 WHERE run_no=1;
