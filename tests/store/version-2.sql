-- What Descent Studio 0.1.0 adds to a store of version 2 for the run of version-1.sql, where its step size was changed.
INSERT INTO "change" VALUES(1,1,'optimizer.lr','0.05');
