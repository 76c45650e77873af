"""The errors of constraints as they are generated: their names, their order, what is said of them."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from janua.scratch import ScratchServer
from janua_generator.classes import Unit
from janua_generator.constraints import constraints_module
from janua_generator.model import ConstraintClass

from .packages import generated, imported, type_errors
from .workbench import Workbench


def classes_of(workbench: Workbench, ddl: str) -> dict[str, ConstraintClass]:
    """The classes of a schema's constraints by their names."""
    workbench.migrate(ddl)
    module = constraints_module(workbench.introspection, Unit("public", "", (), (), ()))
    return {each.name: each for each in module.constraints}


def test_a_name_that_several_tables_have_gains_the_tables(workbench: Workbench) -> None:
    """Of them all; what is clear by itself keeps its name, and the other an underscore."""
    found = classes_of(
        workbench,
        "CREATE TABLE a (x int CONSTRAINT positive CHECK (x > 0));"
        'CREATE TABLE b (x int CONSTRAINT "Positive" CHECK (x > 0), y int CONSTRAINT a_positive CHECK (y > 0))',
    )
    assert {"APositive_": "a", "BPositive": "b", "APositive": "b"} == {name: each.owner for name, each in found.items()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("all", "All"), ("ALL", "ALL_"), ("none", "None_"), ("1st", "N1st"), ("!", "Unnamed"), ("_t", "T")],
)
def test_every_name_becomes_a_class(workbench: Workbench, name: str, expected: str) -> None:
    """Keywords, what the module has itself, and what is no identifier."""
    assert [expected] == list(classes_of(workbench, f'CREATE TABLE a (x int CONSTRAINT "{name}" CHECK (x > 0))'))


def test_copies_are_told_as_what_they_are_copies_of(workbench: Workbench) -> None:
    """On partitions of any depth, attached ones and those in other schemas included, on both sides of a foreign key."""
    found = classes_of(
        workbench,
        "CREATE SCHEMA other;"
        "CREATE TABLE a (x int PRIMARY KEY) PARTITION BY LIST (x);"
        "CREATE TABLE a1 PARTITION OF a FOR VALUES IN (1, 2) PARTITION BY LIST (x);"
        "CREATE TABLE a1_all PARTITION OF a1 DEFAULT;"
        "CREATE TABLE other.mine (x int NOT NULL, CONSTRAINT my_key UNIQUE (x));"
        "ALTER TABLE a ATTACH PARTITION other.mine FOR VALUES IN (3);"
        "CREATE TABLE b (x int CONSTRAINT b_key REFERENCES a);",
    )
    keys = {
        ("public", "a", "a_pkey"),
        ("public", "a1", "a1_pkey"),
        ("public", "a1_all", "a1_all_pkey"),
    }
    assert {"APkey", "BKey"} == set(found)
    assert keys < set(found["APkey"].keys)
    assert {"other"} == {schema for schema, _, _ in set(found["APkey"].keys) - keys}
    assert {("public", "b")} == {(schema, owner) for schema, owner, _ in found["BKey"].keys}
    assert 4 == len(found["BKey"].keys)


def test_an_inherited_check_that_a_child_declares_too_is_one(workbench: Workbench) -> None:
    """The server merges them; one of the same name without a parent's is the child's own."""
    found = classes_of(
        workbench,
        "CREATE TABLE a (x int CONSTRAINT positive CHECK (x > 0), CONSTRAINT mine CHECK (x > 1) NO INHERIT);"
        "CREATE TABLE b (CONSTRAINT positive CHECK (x > 0), CONSTRAINT mine CHECK (x > 2)) INHERITS (a);",
    )
    assert {
        "AMine": (("public", "a", "mine"),),
        "BMine": (("public", "b", "mine"),),
        "Positive": (("public", "a", "positive"), ("public", "b", "positive")),
    } == {name: each.keys for name, each in found.items()}


def test_what_is_said_of_a_constraint(workbench: Workbench) -> None:
    """The comment first, where there is one, and the definition."""
    found = classes_of(
        workbench,
        "CREATE TABLE a (x int CHECK (x > 0), y text);"
        "CREATE UNIQUE INDEX a_y ON a (lower(y), (x + 1), x) WHERE x > 3;"
        "COMMENT ON CONSTRAINT a_x_check ON a IS 'No debts.'",
    )
    assert (
        "No debts.\n\nThe check constraint ``a_x_check`` of ``public.a``: ``CHECK ((x > 0))``." == found["AXCheck"].doc
    )
    assert "The unique index ``a_y`` of ``public.a``: ``CREATE UNIQUE INDEX" in found["AY"].doc
    assert ("y", "x") == found["AY"].columns


def test_indexes_that_refuse_nothing_have_no_class(workbench: Workbench) -> None:
    """Nor does NOT NULL, which has no name before PostgreSQL 18, or a trigger."""
    assert {} == classes_of(workbench, "CREATE TABLE a (x int NOT NULL); CREATE INDEX ON a (x)")


def test_a_temporal_key_refuses_as_an_exclusion_does(workbench: Workbench) -> None:
    """Which is what the server says of it."""
    if workbench.connection.info.server_version < 180000:
        pytest.skip("needs PostgreSQL 18")
    found = classes_of(workbench, "CREATE TABLE a (x int4range, y int4range, PRIMARY KEY (x, y WITHOUT OVERLAPS))")
    assert ("ExclusionViolation",) == found["APkey"].bases
    with pytest.raises(psycopg.errors.ExclusionViolation), workbench.connection.transaction():
        workbench.connection.execute("INSERT INTO a VALUES ('[1,3]', '[1,3]'), ('[1,3]', '[2,4]')")


def test_what_is_not_enforced_has_no_class(workbench: Workbench) -> None:
    """It refuses nothing."""
    if workbench.connection.info.server_version < 180000:
        pytest.skip("needs PostgreSQL 18")
    assert {} == classes_of(workbench, "CREATE TABLE a (x int CHECK (x > 0) NOT ENFORCED)")


def test_type_checkers_accept_the_modules(scratch: ScratchServer, tmp_path: Path) -> None:
    """With comments that end in quotes, without any constraint, and in a schema of its own."""
    ddl = (
        "-- UP\nCREATE SCHEMA bare; CREATE SCHEMA billing; CREATE TABLE bare.none (x int);\n"
        'CREATE TABLE a (x int PRIMARY KEY, "class" text CHECK ("class" <> E\'"""\\\\\'));\n'
        'COMMENT ON CONSTRAINT a_pkey ON a IS \'Says """so"\';\n'
        "CREATE TABLE billing.bills (a int CONSTRAINT a_pkey REFERENCES a ON DELETE RESTRICT);\n-- DOWN\n"
    )
    settings = 'schemas = ["public", "bare", "billing"]\ntables = "none"'
    with generated(scratch, tmp_path / "p", {"migrations/0001_all.sql": ddl}, "plainly", settings) as project:
        assert "" == type_errors(project, "plainly")
        with imported(project, "plainly") as package:
            assert {} == getattr(package, "bare.constraints").ALL
            assert 'Says """so"' == package.constraints.APkey.__doc__.splitlines()[0]
            own = getattr(package, "billing.constraints").APkey
            assert {("billing", "bills", "a_pkey"): own} == getattr(package, "billing.constraints").ALL
            assert package._types.TYPES.constraints == tuple(
                f"plainly.{name}" for name in ("constraints", "bare.constraints", "billing.constraints")
            )
