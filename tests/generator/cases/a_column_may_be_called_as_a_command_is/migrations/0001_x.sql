CREATE TABLE jobs (id int PRIMARY KEY, lock text, revoke bool NOT NULL, drop int NOT NULL, "Lock" text NOT NULL);
CREATE TABLE rollback (job_id int NOT NULL REFERENCES jobs, if text);
