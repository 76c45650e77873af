CREATE TABLE seats (
    id int PRIMARY KEY DEFERRABLE,
    code text UNIQUE DEFERRABLE INITIALLY DEFERRED,
    room int,
    row int,
    active boolean NOT NULL DEFAULT true,
    UNIQUE NULLS NOT DISTINCT (room, row)
);
CREATE UNIQUE INDEX ON seats (room) WHERE active;
CREATE UNIQUE INDEX ON seats (lower(code));
CREATE UNIQUE INDEX ON seats (row, id);
