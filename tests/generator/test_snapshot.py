"""``schema/``: SQL that people read and servers load, and the catalog as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from janua.migrations import read_migrations
from janua.scratch import ScratchServer
from janua_generator.catalog.ddl import to_sql
from janua_generator.catalog.identifiers import literal, quoted
from janua_generator.catalog.introspect import introspect
from janua_generator.catalog.model import Catalog
from janua_generator.catalog.snapshot import to_json

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = {
    "the reference application": (ROOT / "migrations", ["public"]),
    "unlucky names": (
        Path(__file__).parent / "bad_input" / "unlucky" / "migrations",
        ["public", "other", "models", "class", "Odd Schema"],
    ),
}
ODD = """
CREATE TABLE "Order" (id serial PRIMARY KEY, "select" int NOT NULL, "with blank" text DEFAULT 'it''s', parent int);
ALTER TABLE "Order" ADD CONSTRAINT "to itself" FOREIGN KEY (parent) REFERENCES "Order";
CREATE VIEW a AS SELECT 1 AS x;
CREATE VIEW z AS SELECT x FROM a;
CREATE VIEW b AS SELECT x FROM z;
CREATE FUNCTION later() RETURNS SETOF "Order" LANGUAGE sql BEGIN ATOMIC SELECT * FROM "Order"; END;
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE TABLE child (extra int DEFAULT twice(2), UNIQUE (extra)) INHERITS ("Order");
CREATE TABLE parts (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE a_holder (o "Order", ps parts[]);
COMMENT ON COLUMN "Order"."with blank" IS E'a comment\\r\\nin two lines';
"""


def introspected(scratch: ScratchServer, sql: str, schemas: list[str]) -> Catalog:
    """Return the catalog of an empty database in which this has been run."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    try:
        with psycopg.connect(scratch.url(name), autocommit=True) as connection:
            connection.execute(sql.encode())
            path = ", ".join(f'"{schema}"' for schema in schemas)
            connection.execute(f"SET search_path = {path}".encode())
            return introspect(connection, schemas).catalog
    finally:
        scratch.drop(name)


@pytest.mark.parametrize("project", PROJECTS)
def test_schema_sql_loads_and_gives_the_same_schema(scratch: ScratchServer, project: str) -> None:
    """Into an empty database of the same version."""
    folder, schemas = PROJECTS[project]
    migrations = "\n".join(each.up.sql for each in read_migrations(folder) if each.is_transactional)
    before = introspected(scratch, migrations, schemas)
    assert to_json(before) == to_json(introspected(scratch, to_sql(before, "x"), schemas))


def test_what_needs_others_comes_after_them(scratch: ScratchServer) -> None:
    """Views of views, parents, partitions, functions that tables call and those that name tables."""
    before = introspected(scratch, ODD, ["public"])
    after = introspected(scratch, to_sql(before, "x"), ["public"])
    assert to_json(before) == to_json(after)


def test_schema_sql_is_readable(scratch: ScratchServer) -> None:
    """Names are in quotes only where they must be, each table is one block, foreign keys are last."""
    text = to_sql(introspected(scratch, ODD, ["public"]), "Generated.")
    assert text.startswith("-- Generated.\n\nSET check_function_bodies = off;\nSET search_path = public;\n\n")
    assert (
        '\n\nCREATE TABLE public."Order" (\n'
        "    id serial,\n"
        '    "select" integer NOT NULL,\n'
        "    \"with blank\" text DEFAULT 'it''s'::text,\n"
        "    parent integer,\n"
        '    CONSTRAINT "Order_pkey" PRIMARY KEY (id)\n'
        ");\n"
        'COMMENT ON COLUMN public."Order"."with blank" IS E\'a comment\\r\\nin two lines\';\n\n'
    ) in text
    assert text.endswith(
        'ALTER TABLE public."Order"\n    ADD CONSTRAINT "to itself" FOREIGN KEY (parent) REFERENCES "Order"(id);\n'
    )


def test_identifiers_are_quoted_as_the_server_does(scratch: ScratchServer) -> None:
    """Every keyword of the server, and what is no plain name."""
    with psycopg.connect(scratch.url("postgres")) as connection:
        rows = connection.execute("SELECT word, quote_ident(word) FROM pg_get_keywords()").fetchall()
        odd = ["Order", "with blank", "_x", "x1", "1x", "é", 'a"b', "x$", "a.b"]
        rows += connection.execute("SELECT x, quote_ident(x) FROM unnest(%s::text[]) AS x", (odd,)).fetchall()
        assert dict(rows) == {name: quoted(name) for name, _ in rows}
        for text in ("it's", "back\\slash", "a\r\nb\\'", ""):
            assert (text,) == connection.execute(f"SELECT {literal(text)}".encode()).fetchone()


def test_the_catalog_has_a_version() -> None:
    """Indented, with its version."""
    text = to_json(Catalog(schemas=("public",), extensions=(), types=(), sequences=(), relations=(), functions=()))
    assert text.endswith("}\n")
    found = json.loads(text)
    assert (1, ["public"]) == (found["version"], found["schemas"])
