"""
What the analysis calls total never gives NULL for arguments that are not: tried on the server, over extremes.

Strictness is in the catalog, totality is in nobody's: these tests are what the table of the
analysis rests on, for every signature that the server has under a listed name.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

import psycopg
import pytest
from janua_generator.analysis.nullability.aggregates import COLLECTING, FOLDING, ORDERED
from janua_generator.analysis.nullability.totality import ALWAYS, BY_FIRST, CONSTANT, ENDLESS, TOTAL
from janua_generator.analysis.values import Family, family_of

from .workbench import Workbench

VALUES: dict[str, tuple[str, ...]] = {
    "text": ("''", "' '", "'a'", "'ä€😀'", "'UTF8'", "'hex'", "'base64'", "'day'", "'%'", "'a\nb'", "'12'", "'(a|b)*'"),
    "character": ("''", "'a'"),
    "name": ("''", "'utf8'"),
    "smallint": ("0", "-32768", "32767"),
    "integer": ("0", "1", "-1", "2147483647", "-2147483648", "3"),
    "bigint": ("0", "9223372036854775807", "-9223372036854775808"),
    "numeric": ("0", "'NaN'", "'Infinity'", "'-Infinity'", "1e-300", "-1.5"),
    "real": ("0", "'NaN'", "'Infinity'", "'-Infinity'", "1e-40"),
    "double precision": ("0", "'NaN'", "'Infinity'", "'-Infinity'", "1e-300", "-0.0", "2.5"),
    "boolean": ("true", "false"),
    "date": ("'infinity'", "'-infinity'", "'2024-02-29'", "'4713-01-01 BC'"),
    "time without time zone": ("'00:00'", "'24:00'"),
    "time with time zone": ("'00:00+15'",),
    "timestamp without time zone": ("'infinity'", "'-infinity'", "'2024-02-29 12:00'", "'4713-01-01 BC'"),
    "timestamp with time zone": ("'infinity'", "'-infinity'", "'2024-02-29 12:00+00'"),
    "interval": ("'0'", "'1 month -1 day'", "'infinity'", "'-infinity'"),
    "uuid": ("'00000000-0000-0000-0000-000000000000'",),
    "bytea": ("''", "'\\x00'", "'\\xff00ff'"),
    "json": ("'null'", "'[]'", "'{}'", "'0'", """'"a"'""", "'[null]'"),
    "jsonb": ("'null'", "'[]'", "'{}'", "'0'", """'"a"'""", """'{"a": null}'"""),
    "integer[]": ("'{}'", "'{NULL}'", "'{1,2}'", "'{{1,2},{3,4}}'"),
    "text[]": ("'{}'", "'{NULL}'", "'{a,b}'"),
    "int4range": ("'empty'", "'(,)'", "'[1,5)'", "'(,5)'"),
    "int4multirange": ("'{}'", "'{(,)}'", "'{[1,2),[5,6)}'"),
    "int8range": ("'empty'", "'[1,5)'"),
    "inet": ("'0.0.0.0'", "'::/0'", "'10.1.2.3/8'"),
    "cidr": ("'10.0.0.0/8'", "'::/0'"),
    "tsvector": ("''", "'a:1 b:2'"),
    "tsquery": ("''", "'a & !b'"),
    "jsonpath": ("'$'", "'strict $.a'", "'lax $.x[*]'"),
    '"char"': ("'A'", "'d'"),
    "regclass": ("'counter'",),
    "boolean[]": ("'{}'",),
    "real[]": ("'{0.1,0.2,0.3,1}'",),
    "regconfig": ("'simple'", "'english'"),
    "record": ("ROW(NULL, NULL)", "ROW(1)"),
}  # fmt: skip

POLYMORPHIC = {
    "anyelement": ("text", "integer", "jsonb", "integer[]", "int4range", "date"),
    '"any"': ("text", "integer", "jsonb", "integer[]"),
    "anynonarray": ("text", "integer", "jsonb"),
    "anyarray": ("integer[]", "text[]"),
    "anycompatiblearray": ("integer[]",),
    "anycompatible": ("integer",),
    "anyrange": ("int4range",),
    "anymultirange": ("int4multirange",),
}

SYMBOLS = (
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "||",
    "~~",
    "~~*",
    "~",
    "~*",
    "@>",
    "<@",
    "&&",
    "&",
    "|",
    "#",
    "<<",
    ">>",
    "?",
    "?|",
    "?&",
    "#-",
    "-|-",
    "@@",
)

# Answers 1 where the expression is NULL, 0 where it is not, and nothing where it raises.
TRY = """
CREATE SEQUENCE counter;
SELECT nextval('counter');
CREATE FUNCTION nulls_among(expressions text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE expression text; is_null boolean;
BEGIN
    FOREACH expression IN ARRAY expressions LOOP
        BEGIN
            EXECUTE format('SELECT (%s) IS NOT DISTINCT FROM NULL', expression) INTO is_null;
            IF is_null THEN RETURN NEXT expression; END IF;
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
END $$
"""


def _types(argument: str) -> tuple[str, ...]:
    return POLYMORPHIC.get(argument, (argument,))


def _casts(type_: str) -> tuple[str, ...]:
    if type_ == "record":
        return VALUES[type_]
    return tuple(f"{value}::{type_}" for value in VALUES.get(type_, ()))


def _calls(workbench: Workbench, name: str, arguments: list[str], families: frozenset[Family]) -> Iterator[str]:
    for types in product(*map(_types, arguments)):
        if types and types[0] != "record" and family_of(types[0], workbench.introspection.types) not in families:
            continue
        for values in islice(product(*map(_casts, types)), 0, None, max(1, _size(types) // 300)):
            # two billion characters are refused only after they were asked for, and factorials only grow
            if not (name in ("repeat", "factorial", "lpad", "rpad") and any(len(each) > 18 for each in values[:2])):
                yield f"{name}({', '.join(values)})"


def _size(types: tuple[str, ...]) -> int:
    size = 1
    for type_ in types:
        size *= len(_casts(type_))
    return size


def _nulls(workbench: Workbench, expressions: list[str]) -> list[str]:
    workbench.migrate(TRY)
    rows = workbench.connection.execute("SELECT * FROM nulls_among(%s)", [expressions]).fetchall()
    return [row[0] for row in rows]


def _signatures(workbench: Workbench, names: list[str], kind: str = "f") -> list[tuple[str, list[str]]]:
    return workbench.connection.execute(
        """
        SELECT proname::text, ARRAY(SELECT format_type(type, NULL) FROM unnest(proargtypes) AS type)
        FROM pg_proc
        WHERE proname = ANY (%s) AND prokind = %s AND pronamespace = 'pg_catalog'::regnamespace
        ORDER BY 1, 2
        """,
        [names, kind],
    ).fetchall()


def test_total_functions_never_give_null_for_arguments_that_are_not(workbench: Workbench) -> None:
    """Every signature of every listed name, over values of its types."""
    workbench.migrate("")
    calls = [
        call
        for name, arguments in _signatures(workbench, list(TOTAL))
        for call in _calls(workbench, name, arguments, TOTAL[name][0])
    ]
    assert len(calls) > 3000
    assert [] == _nulls(workbench, calls)


EXTENSIONS = {
    "citext": ("''", "'a'", "'/'", "'%'"),
    "text": ("''", "'a'", "'sha256'", "'md5'"),
    "bytea": ("''", "'\\x00ff'"),
    "integer": ("1", "8", "0", "-1"),
    "text[]": ("'{}'", "'{a}'", "'{NULL}'", "'{a,b}'"),
    "hstore": ("''", "'a=>1'", "'a=>NULL, b=>2'"),
    "ltree": ("''", "'a'", "'a.b.c'"),
    "ltree[]": ("'{}'", "'{a,a.b}'"),
    "lquery": ("'*'", "'a.*'"),
    "lquery[]": ("'{}'", "'{*}'"),
    "ltxtquery": ("'a & b'",),
    "vector": ("'[1,2]'", "'[0,0]'", "'[-1,3]'"),
}


@pytest.mark.parametrize(
    "extension",
    ["citext", "hstore", "ltree", "vector", "pg_trgm", "pgcrypto", "unaccent", "fuzzystrmatch", "uuid-ossp"],
)
def test_the_same_holds_for_what_extensions_bring(workbench: Workbench, extension: str) -> None:
    """Functions of listed names that come with an extension."""
    workbench.migrate("")
    try:
        workbench.connection.execute(f'CREATE EXTENSION "{extension}"'.encode())
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("the server does not have it")
    try:
        listed = [name for name in (*TOTAL, *BY_FIRST) if extension != "citext" or name != "split_part"]
        found = workbench.connection.execute(SIGNATURES_OF_EXTENSION, [[*listed, *ALWAYS], extension]).fetchall()
        calls = [
            f"{name}({', '.join(values)})"
            for name, arguments in found
            for values in product(*([f"{value}::{each}" for value in EXTENSIONS.get(each, ())] for each in arguments))
        ]
        symbols = [*SYMBOLS, "<->", "<=>"]
        for left, symbol, right in workbench.connection.execute(OPERATORS_OF_EXTENSION, [symbols, extension]):
            values = product(EXTENSIONS.get(left, ()), EXTENSIONS.get(right, ()))
            calls += [f"{a}::{left} {symbol} {b}::{right}" for a, b in values]
        assert calls
        workbench.connection.execute(TRY.encode())
        assert [] == workbench.connection.execute("SELECT * FROM nulls_among(%s)", [calls]).fetchall()
    finally:
        workbench.connection.execute(f'DROP EXTENSION "{extension}"'.encode())


SIGNATURES_OF_EXTENSION = """
SELECT proname::text, ARRAY(SELECT format_type(type, NULL) FROM unnest(proargtypes) AS type)
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid
WHERE p.proname = ANY (%s) AND e.extname = %s AND p.prokind = 'f'
"""


OPERATORS_OF_EXTENSION = """
SELECT format_type(oprleft, NULL), oprname::text, format_type(oprright, NULL)
FROM pg_operator o
JOIN pg_depend d ON d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid
WHERE o.oprname = ANY (%s) AND e.extname = %s AND o.oprkind = 'b'
"""


def test_functions_that_look_at_their_first_argument_alone(workbench: Workbench) -> None:
    """The same for those that take NULL for the others."""
    workbench.migrate("")
    calls = [
        f"{name}({', '.join([first, *(f'NULL::{each}' for each in types[1:])])})"
        for name, arguments in _signatures(workbench, list(BY_FIRST))
        for types in product(*map(_types, arguments))
        if family_of(types[0], workbench.introspection.types) in BY_FIRST[name][0]
        for first in _casts(types[0])
    ]
    assert len(calls) > 20
    assert [] == _nulls(workbench, calls)


def test_aggregates_of_one_row_give_a_value(workbench: Workbench) -> None:
    """Of a value that is not NULL; those that keep NULLs, of NULL too."""
    signatures = _signatures(workbench, [*COLLECTING, *FOLDING], "a")
    calls = [
        f"{name}({', '.join(values)})"
        for name, arguments in signatures
        for types in product(*map(_types, arguments))
        if "record" not in types
        for values in product(*map(_casts, types))
    ]
    calls += [f"{name}(NULL::integer)" for name in COLLECTING if "object" not in name]
    calls += [f"{name}('a', NULL::integer)" for name in COLLECTING if "object" in name]
    calls += [
        f"{name}({'0.5' if 'percentile' in name else ''}) WITHIN GROUP (ORDER BY {value})"
        for name in ORDERED
        for type_ in ("double precision", "interval")
        for value in _casts(type_)
    ]
    assert len(calls) > 300
    assert [] == _nulls(workbench, calls)


def test_what_grows_without_end_is_extracted_from_any_time(workbench: Workbench) -> None:
    """``extract`` of epoch and year, of infinite times too."""
    times = [type_ for type_ in VALUES if family_of(type_, {}) is Family.TIME]
    calls = [f"extract({part} FROM {time})" for part in sorted(ENDLESS) for type_ in times for time in _casts(type_)]
    assert len(calls) > 20
    assert [] == _nulls(workbench, calls)


def test_functions_that_always_answer_do_so_for_null(workbench: Workbench) -> None:
    """Those that look at NULLs, given some; the others without arguments."""
    calls = []
    for name in ALWAYS:
        if name in CONSTANT:
            calls.append(f"{name}()")
        elif name in ("concat", "num_nulls", "num_nonnulls", "json_build_array", "jsonb_build_array", "row"):
            calls += [f"{name}(NULL::text)", f"{name}(1, NULL::int)"]
        elif name in ("array_append", "array_prepend"):
            calls += [
                f"{name}({', '.join(each)})" for each in (("NULL::int[]", "NULL::int"), ("NULL::int", "NULL::int[]"))
            ]
        elif name.endswith("range"):
            calls.append(f"{name}(NULL, NULL)")
        elif name == "pg_typeof":
            calls.append(f"{name}(NULL)")
        elif name in ("json_build_object", "jsonb_build_object"):
            calls += [f"{name}()", f"{name}('a', NULL::int)"]
        elif name == "quote_nullable":
            calls += [f"{name}(NULL::text)", f"{name}(NULL::integer)"]
    assert len(calls) > 10
    assert [] == [call for call in _nulls(workbench, calls) if not call.startswith("row(")]


def test_operators_never_give_null_for_operands_that_are_not(workbench: Workbench) -> None:
    """Every builtin operator of these symbols between types for which there are values."""
    found = workbench.connection.execute(
        """
        SELECT format_type(oprleft, NULL), oprname::text, format_type(oprright, NULL)
        FROM pg_operator
        WHERE oprname = ANY (%s) AND oprkind = 'b' AND oprnamespace = 'pg_catalog'::regnamespace
        ORDER BY 2, 1, 3
        """,
        [list(SYMBOLS)],
    ).fetchall()
    calls = [
        f"{a} {symbol} {b}"
        for left, symbol, right in found
        if "record" not in (left, right)  # rows that are written out are compared field by field
        and (symbol, right) != ("@@", "jsonpath")
        for types in product(_types(left), _types(right))
        for a, b in product(*map(_casts, types))
    ]
    assert len(calls) > 2000
    assert [] == _nulls(workbench, calls)


def _column(type_: str) -> str:
    return '"n {}"'.format(type_.replace('"', ""))


@pytest.fixture(scope="module")
def nullable_columns(workbench: Workbench) -> Workbench:
    """A table with a nullable column ``n…`` of each type that has values."""
    columns = [f"{_column(type_)} {type_}" for type_ in VALUES if type_ != "record"]
    workbench.migrate(f"CREATE TABLE t ({', '.join(columns)}); CREATE TYPE pair AS (a int, b int)")
    return workbench


def test_no_argument_of_a_total_function_is_overlooked(nullable_columns: Workbench) -> None:
    """A nullable column in any place makes the call nullable, whatever the parser turned the call into."""
    calls = []
    for name, arguments in _signatures(nullable_columns, list(TOTAL)):
        for types in islice(product(*map(_types, arguments)), 3):
            for at in range(len(types)):
                if any(not _casts(type_) for type_ in types) or types[at] == "record":
                    continue
                values = [_column(each) if at == place else _casts(each)[0] for place, each in enumerate(types)]
                calls.append(f"{name}({', '.join(values)})")
    text = "".join(f"-- name: q{at}\nSELECT {call} AS x FROM t;\n" for at, call in enumerate(calls))
    findings = nullable_columns.analyse(text)
    assert len(findings.queries) > 150
    assert [] == [query.sql for query in findings.queries if not query.columns[0].nullable]
