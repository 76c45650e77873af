"""Rows that factories make: valid ones, whatever the schema asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from janua import UNSET, FactoryError

from tests.testing.factories.conftest import Made

Factories = Callable[[str], Made]

TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE pair AS (a int, b text);
CREATE TYPE span AS RANGE (SUBTYPE = time);
CREATE DOMAIN percent AS numeric(5, 2) CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN code AS varchar(4) NOT NULL;
"""
COLUMNS = [
    "smallint", "integer", "bigint", "oid", "numeric", "numeric(5,2)", "numeric(3,3)", "numeric(3)", "real",
    "double precision", "boolean", "text", "varchar(1)", "varchar(2)", "char(3)", "char", "name", '"char"', "bytea",
    "uuid", "date", "time", "timetz", "timestamp", "timestamptz", "timestamptz(0)", "interval", "json", "jsonb",
    "inet", "cidr", "macaddr", "macaddr8", "bit", "bit(5)", "varbit(3)", "money", "tsvector", "tsquery", "jsonpath",
    "point", "line", "lseg", "box", "path", "polygon", "circle", "pg_lsn", "int4range", "int8range", "numrange",
    "daterange", "tsrange", "tstzrange", "span", "int4multirange", "datemultirange", "mood", "pair", "percent", "code",
    "int[]", "text[]", "mood[]", "percent[]", "numeric(3,1)[]", "regclass",
]  # fmt: skip


@pytest.fixture(scope="module")
def every_type(maker: Any) -> Made:
    """A table for each type, one with nothing else and one where it is the key."""
    tables = "".join(f"CREATE TABLE t{at} (value {each} NOT NULL, more int);" for at, each in enumerate(COLUMNS))
    made: Made = maker(TYPES + tables)
    return made


@pytest.mark.parametrize("at", range(len(COLUMNS)), ids=COLUMNS)
def test_there_is_a_value_of_every_type(every_type: Made, at: int) -> None:
    """As many as are wanted."""
    rows = every_type.make(f"t{at}", 12)
    assert all(row.value is not None for row in rows)


DISTINCT = [each for each in COLUMNS if each not in (
    "boolean", "json", "varchar(1)", "char", '"char"', "bit", "bit(5)", "varbit(3)", "mood", "regclass", "point",
    "line", "lseg", "box", "path", "polygon", "circle", "jsonpath", "mood[]",
)]  # fmt: skip


@pytest.mark.parametrize("type_", DISTINCT)
def test_values_of_a_key_are_distinct(factories: Factories, type_: str) -> None:
    """Of every type that has many."""
    made = factories(f"{TYPES} CREATE TABLE t (value {type_} NOT NULL UNIQUE)")
    made.make("t", 60)


CHECKS = {
    "a comparison": "a int NOT NULL CHECK (a > 7 AND a <= 9)",
    "a length": "a text NOT NULL CHECK (length(a) BETWEEN 3 AND 5)",
    "a fixed length": "a text NOT NULL UNIQUE CHECK (char_length(a) = 2)",
    "bytes": "a bytea NOT NULL UNIQUE CHECK (octet_length(a) = 32)",
    "a list": "a text NOT NULL CHECK (a IN ('x', 'y')), b int NOT NULL CHECK (b IN (3, 5))",
    "varchar in a list": "a varchar(10) NOT NULL CHECK (a IN ('small', 'large'))",
    "exceptions": "a int NOT NULL CHECK (a <> ALL (ARRAY[1, 2, 3]) AND a > 0)",
    "not blank": "a text NOT NULL CHECK (btrim(a) <> '')",
    "lower case": "a text NOT NULL CHECK (a = lower(a))",
    "upper case": "a char(2) NOT NULL CHECK (a = upper(a))",
    "a pattern": "a text NOT NULL UNIQUE CHECK (a ~ '^[A-Z]{2}[0-9]{2,}$')",
    "a pattern of groups": r"a text NOT NULL UNIQUE CHECK (a ~ '^(\d{3}-){2}\d{4}$')",
    "classes": "a text NOT NULL UNIQUE CHECK (a ~ '^[[:alpha:]][[:alnum:]_]+$')",
    "no pattern": "a text NOT NULL CHECK (a !~ '[-0-9]')",
    "a pattern of either case": "a text NOT NULL CHECK (a ~* '^ABC')",
    "like": "a text NOT NULL UNIQUE CHECK (a LIKE 'https://%' AND a NOT LIKE '%/')",
    "an address": "email text NOT NULL UNIQUE CHECK (email ~* '^[A-Z0-9._%+-]+@[A-Z0-9.-]+[.][A-Z]{2,}$')",
    "a position": "a text NOT NULL UNIQUE CHECK (position('@' in a) > 1)",
    "a colour": "colour text NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$')",
    "one before another": "a date NOT NULL, b date NOT NULL CHECK (a < b)",
    "a chain": "a int NOT NULL, b int NOT NULL, c int NOT NULL, CHECK (a < b AND b < c), CHECK (c <= 10 AND a >= 8)",
    "an interval": "a timestamptz NOT NULL, b timestamptz NOT NULL CHECK (b >= a + interval '1 hour')",
    "at most an interval": "a timestamptz NOT NULL, b timestamptz NOT NULL CHECK (b > a AND b <= a + interval '1 h')",
    "a default that is now": "a timestamptz NOT NULL DEFAULT now(), b timestamptz NOT NULL CHECK (b > a)",
    "before now": "a timestamptz NOT NULL CHECK (a < now())",
    "a state with a time": "a text NOT NULL, b timestamptz, CHECK ((a = 'done') = (b IS NOT NULL))",
    "a default that asks": "a text NOT NULL DEFAULT 'done', b timestamptz, CHECK ((a = 'done') = (b IS NOT NULL))",
    "one of two": "a int, b int, CHECK (num_nonnulls(a, b) = 1)",
    "one of three, added up": "a int, b int, c int,"
    " CHECK ((a IS NOT NULL)::int + (b IS NOT NULL)::int + (c IS NOT NULL)::int = 1)",
    "all or none": "a int NOT NULL, b int, CHECK ((a IS NULL) = (b IS NULL))",
    "a case": "a text NOT NULL, b int, CHECK (CASE WHEN a = 'x' THEN b > 0 ELSE b IS NOT NULL END)",
    "an implication": "a bool NOT NULL DEFAULT true, b text, CHECK (NOT a OR b IS NOT NULL)",
    "true": "a bool NOT NULL CHECK (a)",
    "a modulus": "a int NOT NULL UNIQUE CHECK (a % 5 = 0)",
    "an absolute": "a int NOT NULL CHECK (abs(a) < 3)",
    "elements": "a text[] NOT NULL CHECK (cardinality(a) > 1 AND a <@ ARRAY['x', 'y', 'z'])",
    "an array's length": "a int[] NOT NULL CHECK (array_length(a, 1) = 3)",
    "a range's bounds": "a int4range NOT NULL CHECK (lower(a) >= 5 AND upper(a) <= 900 AND NOT isempty(a))",
    "json of a kind": "a jsonb NOT NULL CHECK (jsonb_typeof(a) = 'array'), b jsonb NOT NULL CHECK (b ? 'k')",
    "coalesce": "a int NOT NULL, b int, CHECK (coalesce(b, 0) > 0)",
    "distinct": "a text NOT NULL CHECK (a IS DISTINCT FROM 'a')",
    "two of them": "a int NOT NULL CHECK (a > 5), CHECK (a < 8), CHECK (a <> 6)",
    "a fraction": "a numeric(3, 2) NOT NULL CHECK (a > 0 AND a < 1), b real NOT NULL CHECK (b >= 0 AND b <= 1)",
    "negative": "a int NOT NULL CHECK (a < 0)",
    "times": "a time NOT NULL, b time NOT NULL CHECK (b > a)",
    "a default out of the way": "a int NOT NULL DEFAULT 0 CHECK (a > 0)",
    "different": "a int NOT NULL, b int NOT NULL CHECK (a <> b)",
    "equal": "a int NOT NULL, b int NOT NULL CHECK (a = b)",
    "either": "a int NOT NULL, CHECK (a < 0 OR a > 100)",
    "similar to": "a text NOT NULL UNIQUE CHECK (a SIMILAR TO '#[0-9a-f]{6}(_|.%)')",
    "nulls that are not distinct": "a int, b text, UNIQUE NULLS NOT DISTINCT (a, b)",
    "a difference": "a date NOT NULL, b date NOT NULL CHECK (b - a BETWEEN 2 AND 5)",
    "a difference of times": "a timestamp NOT NULL, b timestamp NOT NULL, CHECK (b - a <= interval '90 min' AND b > a)",
    "the first of a month": "a date NOT NULL CHECK (extract(day FROM a) = 1)",
    "a whole month": "a date NOT NULL CHECK (date_trunc('month', a) = a)",
    "a whole week": "a timestamp NOT NULL CHECK (a = date_trunc('week', a))",
    "a sum that nobody reads": "a int NOT NULL, b int NOT NULL, CHECK (a + b <= 20)",
    "a generated column": "a int NOT NULL, b int GENERATED ALWAYS AS (a * 2) STORED CHECK (b > 0)",
}


@pytest.mark.parametrize("columns", CHECKS.values(), ids=CHECKS.keys())
def test_checks_are_solved(factories: Factories, columns: str) -> None:
    """With columns filled that would otherwise be left out, where a check asks for them."""
    factories(f"CREATE TABLE t ({columns})").make("t", 25)


def test_a_row_has_the_parents_that_it_needs(factories: Factories) -> None:
    """And no others: what may be NULL stays so."""
    made = factories(
        """
        CREATE TABLE a (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, up int REFERENCES a);
        CREATE TABLE b (id serial PRIMARY KEY, a_id int NOT NULL REFERENCES a);
        CREATE TABLE c (b_id int PRIMARY KEY REFERENCES b, a_id int REFERENCES a);
        """
    )
    made.make("c", 3)
    assert [3, 3] == [made.db.raw(f"SELECT count(*) FROM {each}")[0]["count"] for each in ("a", "b")]


def test_what_is_referred_to_is_not_null(factories: Factories) -> None:
    """Although it may be."""
    made = factories(
        """
        CREATE TABLE a (id int PRIMARY KEY, code text UNIQUE, at timestamptz DEFAULT now());
        CREATE TABLE b (code text NOT NULL REFERENCES a (code));
        """
    )
    assert 3 == len({row.code for row in made.make("b", 3)})


def test_what_is_given_needs_no_parent(factories: Factories) -> None:
    """UNSET is as good as not given, None is NULL."""
    made = factories(
        """
        CREATE TABLE a (id int PRIMARY KEY);
        CREATE TABLE b (a_id int NOT NULL REFERENCES a, other int REFERENCES a, note text DEFAULT 'x');
        """
    )
    parent = made.one("a")
    row = made.one("b", a_id=parent.id, other=UNSET, note=None)
    assert (parent.id, None, None, 1) == (row.a_id, row.other, row.note, len(made.db.raw("SELECT FROM a")))


def test_keys_of_several_columns_agree(factories: Factories) -> None:
    """Two parents that share a column are of the same grandparent, whichever is made first."""
    made = factories(
        """
        CREATE TABLE tenants (id int PRIMARY KEY);
        CREATE TABLE groups (tenant int NOT NULL REFERENCES tenants, id int, PRIMARY KEY (tenant, id));
        CREATE TABLE people (tenant int NOT NULL REFERENCES tenants, id int, PRIMARY KEY (tenant, id));
        CREATE TABLE members (
            tenant int NOT NULL, grp int NOT NULL, person int NOT NULL, boss int,
            FOREIGN KEY (tenant, grp) REFERENCES groups, FOREIGN KEY (tenant, person) REFERENCES people,
            FOREIGN KEY (tenant, boss) REFERENCES people (tenant, id)
        );
        """
    )
    made.make("members", 5)
    group = made.one("groups")
    assert group.tenant == made.one("members", tenant=group.tenant, grp=group.id).tenant
    assert 6 == made.db.raw("SELECT count(*) FROM tenants")[0]["count"]


def test_a_parent_is_of_the_kind_that_is_asked_for(factories: Factories) -> None:
    """A constant in a key of several columns is the parent's, by a check, a default or a generated column."""
    made = factories(
        """
        CREATE TABLE parties (id int, kind text CHECK (kind IN ('person', 'company')), PRIMARY KEY (id, kind));
        CREATE TABLE a (id int PRIMARY KEY, kind text NOT NULL CHECK (kind = 'company'),
            FOREIGN KEY (id, kind) REFERENCES parties);
        CREATE TABLE b (id int PRIMARY KEY, kind text NOT NULL DEFAULT 'company',
            FOREIGN KEY (id, kind) REFERENCES parties);
        CREATE TABLE c (id int PRIMARY KEY, kind text GENERATED ALWAYS AS ('company') STORED,
            FOREIGN KEY (id, kind) REFERENCES parties);
        """
    )
    for table in "abc":
        assert {"company"} == {row.kind for row in made.make(table, 4)}


def test_rows_that_are_there_already_serve_as_parents(factories: Factories) -> None:
    """Where there cannot be another one, as in a table of kinds that a migration has filled."""
    made = factories(
        """
        CREATE TABLE kinds (kind text PRIMARY KEY CHECK (kind IN ('x', 'y')));
        INSERT INTO kinds VALUES ('x'), ('y');
        CREATE TABLE things (id int PRIMARY KEY, kind text NOT NULL REFERENCES kinds);
        """
    )
    assert {"x", "y"} >= {row.kind for row in made.make("things", 6)}
    with pytest.raises(psycopg.errors.UniqueViolation):
        made.one("kinds")


def test_rows_in_the_way_are_passed_over(factories: Factories) -> None:
    """Also within a transaction, which no error ends; what was given for it is refused by the server."""
    made = factories("CREATE TABLE t (id int PRIMARY KEY, code char(1) NOT NULL UNIQUE, CHECK (code ~ '[a-z]'))")
    made.db.raw("INSERT INTO t SELECT g, chr(96 + g) FROM generate_series(1, 9) g")
    with made.db.transaction() as tx:
        rows = [made.module.T.make(tx, {}) for _ in range(5)]
    assert 5 == len({row.code for row in rows} - set("abcdefghi"))
    with pytest.raises(psycopg.errors.UniqueViolation):
        made.one("t", code="a")


def test_rows_refer_to_themselves_where_they_must(factories: Factories) -> None:
    """Nobody else can be the first."""
    made = factories(
        """
        CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), root uuid NOT NULL REFERENCES a);
        CREATE TABLE b (id int PRIMARY KEY, root int NOT NULL REFERENCES b);
        CREATE TABLE c (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, root int NOT NULL REFERENCES c);
        """
    )
    assert all(row.id == row.root for table in "ab" for row in made.make(table, 3))
    with pytest.raises(FactoryError, match="give root"):
        made.one("c")


def test_a_circle_of_keys_is_named(factories: Factories) -> None:
    """With what to give."""
    made = factories(
        """
        CREATE TABLE a (id int PRIMARY KEY, b_id int NOT NULL);
        CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a);
        ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
        """
    )
    expected = r'public.a \("a_b_id_fkey"\) needs public.b \("b_a_id_fkey"\) needs public.a.*: give a_id of public.b'
    with pytest.raises(FactoryError, match=expected):
        made.one("a")


def test_a_circle_that_is_checked_late_is_closed(factories: Factories) -> None:
    """Within a transaction; outside of one, the error says so."""
    made = factories(
        """
        CREATE TABLE a (id serial PRIMARY KEY, b_id uuid NOT NULL);
        CREATE TABLE b (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            a_id int NOT NULL REFERENCES a DEFERRABLE INITIALLY DEFERRED);
        ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b DEFERRABLE INITIALLY DEFERRED;
        """
    )
    for table in "ab":
        with made.db.transaction() as tx:
            rows = [made.module.ALL[f"public.{table}"].make(tx, {}) for _ in range(3)]
        assert 3 == len({row.id for row in rows})
    assert 6 == len(made.db.raw("SELECT FROM a JOIN b ON b.id = a.b_id AND a.id = b.a_id"))
    with pytest.raises(FactoryError, match="make it within a transaction"):
        made.one("a")


def test_a_check_that_nobody_can_read_is_named(factories: Factories) -> None:
    """With the columns to give; what is given then is the server's affair."""
    made = factories(
        """
        CREATE FUNCTION odd(text, int) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1 = 'abc' AND $2 = 42 $$;
        CREATE TABLE t (a text NOT NULL, b int, c int, CONSTRAINT strange CHECK (odd(a, coalesce(b, 0))));
        """
    )
    with pytest.raises(FactoryError, match='check "strange": give a, b'):
        made.one("t")
    with pytest.raises(FactoryError, match='check "strange": give a'):
        made.one("t", b=42)
    assert "abc" == made.one("t", a="abc", b=42).a
    with pytest.raises(psycopg.errors.CheckViolation):
        made.one("t", a="x", b=1)


def test_a_contradiction_is_named(factories: Factories) -> None:
    """It is not the factory that cannot solve it."""
    made = factories("CREATE TABLE t (a int NOT NULL, CONSTRAINT never CHECK (a > 5 AND a < 3))")
    with pytest.raises(FactoryError, match='check "never": give a'):
        made.one("t")


def test_checks_hold_beside_what_is_given(factories: Factories) -> None:
    """The rest of the row follows it."""
    made = factories(
        """
        CREATE TABLE t (a int NOT NULL, b int NOT NULL, state text NOT NULL DEFAULT 'open', closed timestamptz,
            CHECK (a < b), CHECK ((state = 'closed') = (closed IS NOT NULL)))
        """
    )
    assert made.one("t", a=1000).b > 1000
    assert made.one("t", b=-1000).a < -1000
    assert made.one("t", state="closed").closed is not None
    assert "closed" == made.one("t", closed=made.one("t", state="closed").closed).state


PARTITIONED = {
    "by range": "PARTITION BY RANGE (day);"
    " CREATE TABLE p1 PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')",
    "by list": "PARTITION BY LIST (kind); CREATE TABLE p1 PARTITION OF t FOR VALUES IN ('x', 'y')",
    "by hash": "PARTITION BY HASH (id);"
    " CREATE TABLE p0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
    " CREATE TABLE p1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    "twice": "PARTITION BY LIST (kind); CREATE TABLE p1 PARTITION OF t FOR VALUES IN ('x') PARTITION BY RANGE (day);"
    " CREATE TABLE p2 PARTITION OF p1 FOR VALUES FROM (MINVALUE) TO ('1999-01-01')",
    "by two columns": "PARTITION BY RANGE (day, id);"
    " CREATE TABLE p1 PARTITION OF t FOR VALUES FROM ('2020-01-01', 5) TO ('2020-01-01', 500)",
    "with a default one": "PARTITION BY LIST (kind); CREATE TABLE p1 PARTITION OF t DEFAULT",
}


@pytest.mark.parametrize("partitions", PARTITIONED.values(), ids=PARTITIONED.keys())
def test_a_row_has_its_partition(factories: Factories, partitions: str) -> None:
    """One of those that there are."""
    columns = "id int NOT NULL, day date NOT NULL DEFAULT now(), kind text"
    factories(f"CREATE TABLE t ({columns}) {partitions}").make("t", 20)


def test_a_table_without_partitions_takes_no_row(factories: Factories) -> None:
    """The error says so."""
    made = factories("CREATE TABLE t (day date NOT NULL) PARTITION BY RANGE (day)")
    with pytest.raises(FactoryError, match=r"no partition of public\.t .* give day"):
        made.one("t")


def test_exclusions_are_met(factories: Factories) -> None:
    """Ranges that do not overlap, whatever else is the same."""
    made = factories(
        """
        CREATE TABLE rooms (id int PRIMARY KEY);
        CREATE TABLE bookings (room_id int NOT NULL REFERENCES rooms, during tstzrange NOT NULL, at int4range NOT NULL,
            EXCLUDE USING gist (during WITH &&), EXCLUDE USING gist (at WITH -|-, at WITH &&));
        """
    )
    made.make("bookings", 20, room_id=made.one("rooms").id)


def test_domains_over_domains_and_in_arrays_are_met(factories: Factories) -> None:
    """All of their checks, for each element."""
    made = factories(
        """
        CREATE DOMAIN word AS text CHECK (VALUE ~ '^[a-z]+$');
        CREATE DOMAIN short AS word CHECK (length(VALUE) <= 3) NOT NULL;
        CREATE DOMAIN words AS word[] CHECK (cardinality(VALUE) > 1);
        CREATE TABLE t (a short, b word[] NOT NULL CHECK (cardinality(b) = 2), c words NOT NULL, d short DEFAULT 'x');
        """
    )
    rows = made.make("t", 30)
    assert {"x"} == {row.d for row in rows}


def test_a_rule_or_a_late_key_is_no_hindrance(factories: Factories) -> None:
    """ON CONFLICT takes neither."""
    made = factories(
        """
        CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, code text NOT NULL UNIQUE);
        CREATE TABLE log (id int);
        CREATE TABLE r (id int PRIMARY KEY);
        CREATE RULE noted AS ON INSERT TO r DO ALSO INSERT INTO log VALUES (1);
        """
    )
    made.make("t", 5)
    made.make("r", 5)


def test_a_trigger_that_takes_no_row_is_told(factories: Factories) -> None:
    """Instead of an error about rows that are missing."""
    made = factories(
        """
        CREATE TABLE t (id int PRIMARY KEY);
        CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER never BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION never();
        """
    )
    with pytest.raises(FactoryError, match="a trigger or rule keeps it out"):
        made.one("t")


def test_odd_names_are_no_hindrance(factories: Factories) -> None:
    """Keywords, builtins, quotes, and names that the module uses itself."""
    made = factories(
        """
        CREATE TABLE "Odd ""one"" here" ("as" int NOT NULL, "select" text NOT NULL, "str" text NOT NULL,
            "int" int NOT NULL, "db" int NOT NULL,
            "Unset" int NOT NULL, "a b" int NOT NULL CHECK ("a b" > 3), "Größe" text NOT NULL,
            "all" text NOT NULL CHECK ("all" ~ '^x'));
        CREATE TABLE "all" (id int PRIMARY KEY);
        CREATE TABLE "from" (id int PRIMARY KEY REFERENCES "all");
        """
    )
    for factory in made.module.ALL.values():
        assert factory.make(made.db, {}) is not None


def test_a_column_that_is_none_is_refused(factories: Factories) -> None:
    """As by any function."""
    made = factories("CREATE TABLE t (id int)")
    with pytest.raises(TypeError, match=r"public\.t has no column nonsense"):
        made.one("t", nonsense=1)
