"""
What the analysis says of the columns of set-returning functions is what the server gives: their names and their NULLs.

Each is called over values of its types, NULL among them: for a NULL there is no row.
"""

from __future__ import annotations

from itertools import product

import psycopg
import pytest
from janua_generator.analysis.nullability.sets import SETS
from janua_generator.catalog.introspect import introspect
from janua_generator.typemap import TypeMap

from .workbench import Workbench, broken_promises

JSON = ("'null'", "'[]'", "'{}'", "'[null, 1, {\"a\": null}]'", '\'{"a": null, "b": [1]}\'', "'\"a\"'", "NULL")
TEXTS = ("''", "'a,b'", "'ab'", "'NULL'", "NULL")
BOUNDS = ("0", "3", "-1", "NULL")
VALUES = {
    "text": TEXTS,
    "json": JSON,
    "jsonb": JSON,
    "integer": BOUNDS,
    "bigint": BOUNDS,
    "numeric": (*BOUNDS, "0.5"),
    "boolean": ("true", "false", "NULL"),
    "jsonpath": ("'$'", "'$[*]'", "'$.a'", "'lax $.b[*]'", "NULL"),
    "anyarray": ("'{}'::integer[]", "'{1,NULL}'::integer[]", "'{{1,2},{3,4}}'::integer[]", "NULL::integer[]"),
    "timestamp without time zone": ("'2024-01-01'", "'2024-01-03'", "NULL"),
    "timestamp with time zone": ("'2024-01-01'", "'2024-01-03'", "NULL"),
    "interval": ("'1 day'", "'-12 hours'", "NULL"),
    "hstore": ("''", "'a=>NULL, b=>1'", "NULL"),
}
SIGNATURES = """
SELECT proname::text, ARRAY(SELECT format_type(type, NULL) FROM unnest(proargtypes) AS type)
FROM pg_proc
WHERE proname = ANY (%s) AND proretset
ORDER BY 1, 2
"""
ARRAYS = (
    "ARRAY[1, 2]",
    "ARRAY['null', '{1,NULL}']",
    "ARRAY['{1,2}', '{3,4}']::text[]",
    "ARRAY[ARRAY[1, 2], ARRAY[3, 4]]",
    "ARRAY['{1,NULL}', '{2,3}'::integer[]]",
    "ARRAY['null', NULL]",
    "ARRAY[NULL, 1]",
    "ARRAY(SELECT generate_series(1, 3))",
    "ARRAY(SELECT NULL::integer)",
    "ARRAY(SELECT '{1,NULL}'::integer[])",
    "'{1,NULL}'::integer[]",
    "'{1,2}'::integer[]",
    "'{NULL}'::text::integer[]",
    "('{NU' || 'LL}')::integer[]",
    "E'{\\x4eULL}'::integer[]",
    "'{\"NULL\"}'::text[]",
    "ARRAY['null', '1']::jsonb[]::integer[]",
    "ARRAY['null', '1']::jsonb[]::text[]",
    "'{1,2}'::integer[]::text[]",
    "string_to_array('a,b', ',')",
    "string_to_array('a,b', ',', 'a')",
    "string_to_array('', ',')",
    "string_to_array('ab', NULL)",
    "regexp_split_to_array('a b', ' ')",
    "regexp_match('a', '(a)|(b)')",
    "parse_ident('a.b')",
    "enum_range(NULL::mood)",
    "enum_range(NULL::mood, NULL::mood)",
    "array_positions('{1,NULL,1}'::integer[], NULL)",
    "array_remove('{1,NULL}'::integer[], NULL)",
    "array_remove('{1,NULL}'::integer[], 1)",
    "array_replace('{1,2}'::integer[], 1, NULL)",
    "trim_array('{1,NULL}'::integer[], 1)",
    "trim_array('{1,2}'::integer[], 1)",
    "array_append('{1}'::integer[], NULL)",
    "array_append('{1}'::integer[], 2)",
    "array_prepend(NULL, '{1}'::integer[])",
    "array_cat('{1}'::integer[], '{NULL}')",
    "array_cat('{1}'::integer[], '{2}')",
    "'{1}'::integer[] || NULL::integer",
    "'{1}'::integer[] || NULL::integer[]",
    "'{1}'::integer[] || '{NULL}'",
    "'{1}'::integer[] || 2",
    "1 || '{2}'::integer[]",
    "coalesce(NULL, '{1,NULL}'::integer[])",
    "coalesce(NULL::integer[], '{1}')",
    "('{1,NULL,2}'::integer[])[1:2]",
    "(ARRAY[1, 2])[1:5]",
    "'[0:1]={1,2}'::integer[]",
    "NULLIF('{1}'::integer[], '{2}')",
    "CASE WHEN true THEN '{NULL}'::integer[] ELSE '{1}' END",
    "'a:1 b'::tsvector",
    "'{[1,2),[3,4)}'::int4multirange",
)  # fmt: skip


def calls_of(name: str, types: list[str]) -> list[str]:
    """Some calls of one signature, NULLs among the arguments."""
    options = [
        [f"{value}::{each}" if each != "anyarray" else value for value in VALUES.get(each, ())] for each in types
    ]
    every = [f"{name}({', '.join(values)}) AS x" for values in product(*options)]
    return every[:: max(1, len(every) // 25)]


def analysed(workbench: Workbench, calls: list[str]) -> list[str]:
    """Run a star over each call, in FROM, and return the promises that the server breaks."""
    broken = []
    text = "".join(f"-- name: q{at} :many\nSELECT * FROM {call};\n" for at, call in enumerate(calls))
    for query in workbench.analyse(text).queries:
        try:
            rows = workbench.run(query.sql)
        except psycopg.Error:
            continue
        broken += [f"{query.sql}: {each}" for each in broken_promises(query, rows)]
        if "SELECT *" in query.sql:
            broken.append(f"{query.sql}: its columns are not told")
    return broken


@pytest.mark.parametrize("extension", ["", "hstore"])
def test_sets_give_the_columns_that_are_listed(workbench: Workbench, extension: str) -> None:
    """Every signature of every listed name: a star over it is expanded, and no column called non-null is NULL."""
    workbench.migrate("")
    if extension:
        try:
            workbench.connection.execute(f"CREATE EXTENSION {extension}".encode())
        except psycopg.errors.FeatureNotSupported:
            pytest.skip("the server does not have it")
    workbench.introspection = introspect(workbench.connection, ["public"])
    found = workbench.connection.execute(SIGNATURES, [list(SETS)]).fetchall()
    calls = [call for name, types in found for call in calls_of(name, types)]
    assert {name for name, _ in found} == {name for name in SETS if extension or name not in ("each", "skeys", "svals")}
    assert len(calls) > 200
    assert [] == analysed(workbench, calls)


def test_elements_are_what_their_arrays_hold(workbench: Workbench) -> None:
    """``unnest`` of arrays that are made in many ways."""
    workbench.migrate("CREATE TYPE mood AS ENUM ('sad', 'glad')")
    text = "".join(
        f"-- name: q{at} :many\nSELECT u.* FROM unnest({array}) AS u;\n"
        f"-- name: r{at} :many\nSELECT unnest({array}) AS u;\n"
        for at, array in enumerate(ARRAYS)
    )
    broken, sure = [], 0
    for query in workbench.analyse(text).queries:
        sure += not query.columns[0].nullable
        try:
            rows = workbench.run(query.sql)
        except psycopg.Error:
            continue
        broken += [f"{query.sql}: {each}" for each in broken_promises(query, rows)]
    assert [] == broken
    assert sure > 40


def test_a_list_that_is_passed_holds_no_none(workbench: Workbench) -> None:
    """What ``unnest(:list)`` rests on: the type of such a parameter does not let None in."""
    workbench.migrate("CREATE TYPE mood AS ENUM ('sad', 'glad')")
    types = workbench.introspection.types
    typemap = TypeMap(types, lambda type_: "Class")
    assert [] == [
        name for name, type_ in types.items() if type_.kind == "array" and "None" in typemap.python(type_).parameter
    ]
