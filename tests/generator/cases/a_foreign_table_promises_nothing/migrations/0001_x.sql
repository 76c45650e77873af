-- needs extension file_fdw
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE lines (id integer NOT NULL, name text NOT NULL, CHECK (name IS NOT NULL)) SERVER files OPTIONS (program 'printf "1,\\N\n\\N,b\n"', format 'csv', null '\N');
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t VALUES (1);
