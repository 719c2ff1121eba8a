-- What Descent Studio 0.1.0 adds to a store of version 4: a sweep that asks for the run of version-1.sql.
INSERT INTO "sweep" VALUES(1,'0b7d2c7e-6f0e-4b3c-9c1b-2f3a5d9e8c41','seeds-1','{}',1795711331000,NULL,'',0,0,'');
INSERT INTO "sweep_cell" SELECT 1, 0, key FROM "run" WHERE run_no=1;
