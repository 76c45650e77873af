"""
Function calls.

Strict is not total: a strict function gives NULL for NULL, but may give NULL for other values
too, and no catalog says which do. ``TOTAL`` lists those that never do, by the name that the
author wrote and the family of the first argument; whatever is not listed may give NULL.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from janua_generator.analysis.nullability.operators import strictly
from janua_generator.analysis.nullability.rules import evaluate, fallback, rule
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.syntax import function_name
from janua_generator.analysis.values import Family, Value, not_null, nullable

_TEXT = frozenset({Family.TEXT, Family.LITERAL})
_NUMBER = frozenset({Family.INTEGER, Family.NUMBER, Family.LITERAL})
_TIME = frozenset({Family.TIME, Family.LITERAL})
_ANY = frozenset(Family)

TOTAL: Mapping[str, tuple[frozenset[Family], Family]] = {
    # text
    **dict.fromkeys(
        ("lower", "upper", "initcap", "btrim", "trim", "ltrim", "rtrim", "replace", "translate", "left", "right",
         "lpad", "rpad", "repeat", "reverse", "md5", "split_part", "quote_ident", "regexp_replace", "overlay"),
        (_TEXT, Family.TEXT),
    ),
    **dict.fromkeys(
        ("length", "char_length", "character_length", "octet_length", "strpos", "position", "ascii"),
        (_TEXT, Family.INTEGER),
    ),
    "starts_with": (_TEXT, Family.BOOLEAN),
    "to_tsvector": (_TEXT, Family.OTHER),
    "plainto_tsquery": (_TEXT, Family.OTHER),
    "websearch_to_tsquery": (_TEXT, Family.OTHER),
    "phraseto_tsquery": (_TEXT, Family.OTHER),
    "similarity": (_TEXT, Family.NUMBER),
    "word_similarity": (_TEXT, Family.NUMBER),
    "encode": (frozenset({Family.BYTES, Family.LITERAL}), Family.TEXT),
    "decode": (_TEXT, Family.BYTES),
    # numbers
    **dict.fromkeys(("abs", "ceil", "ceiling", "floor", "round", "trunc", "sqrt", "sign", "mod", "power", "exp"),
                    (_NUMBER, Family.NUMBER)),
    # times
    "date_trunc": (_TEXT | _TIME, Family.TIME),
    "make_interval": (_ANY, Family.TIME),
    "make_date": (_NUMBER, Family.TIME),
    # json, arrays
    "to_json": (_ANY, Family.JSON),
    "to_jsonb": (_ANY, Family.JSON),
    "row_to_json": (_ANY, Family.JSON),
    "jsonb_set": (frozenset({Family.JSON, Family.LITERAL}), Family.JSON),
    "jsonb_array_length": (frozenset({Family.JSON}), Family.INTEGER),
    "json_array_length": (frozenset({Family.JSON}), Family.INTEGER),
    "jsonb_typeof": (frozenset({Family.JSON}), Family.TEXT),
    "json_typeof": (frozenset({Family.JSON}), Family.TEXT),
    "cardinality": (frozenset({Family.ARRAY}), Family.INTEGER),
    "array_to_string": (frozenset({Family.ARRAY}), Family.TEXT),
    "array_remove": (frozenset({Family.ARRAY}), Family.ARRAY),
    "array_append": (frozenset({Family.ARRAY}), Family.ARRAY),
    "isempty": (frozenset({Family.RANGE}), Family.BOOLEAN),
    "lower_inc": (frozenset({Family.RANGE}), Family.BOOLEAN),
    "upper_inc": (frozenset({Family.RANGE}), Family.BOOLEAN),
    "lower_inf": (frozenset({Family.RANGE}), Family.BOOLEAN),
    "upper_inf": (frozenset({Family.RANGE}), Family.BOOLEAN),
}  # fmt: skip
"""Name → the families of the first argument for which it is total (given no NULL argument), and its result's."""

ALWAYS: Mapping[str, Family] = {
    "now": Family.TIME, "current_timestamp": Family.TIME, "clock_timestamp": Family.TIME,
    "statement_timestamp": Family.TIME, "transaction_timestamp": Family.TIME, "current_date": Family.TIME,
    "current_time": Family.TIME, "localtime": Family.TIME, "localtimestamp": Family.TIME,
    "gen_random_uuid": Family.UUID, "random": Family.NUMBER, "pi": Family.NUMBER, "version": Family.TEXT,
    "concat": Family.TEXT, "num_nulls": Family.INTEGER, "num_nonnulls": Family.INTEGER,
    "json_build_object": Family.JSON, "jsonb_build_object": Family.JSON,
    "json_build_array": Family.JSON, "jsonb_build_array": Family.JSON,
    "row": Family.COMPOSITE, "quote_nullable": Family.TEXT,
    "row_number": Family.INTEGER, "rank": Family.INTEGER, "dense_rank": Family.INTEGER,
    "percent_rank": Family.NUMBER, "cume_dist": Family.NUMBER, "grouping": Family.INTEGER,
}  # fmt: skip
"""Functions that give a value whatever they are given, NULL included, and its family."""

ENDLESS = frozenset({"epoch", "year"})
"""What ``extract`` gives of infinite times too."""

CONSTANT = frozenset({"random", "gen_random_uuid", "pi", "version", "now", "clock_timestamp"})
"""Those that take no argument; of the same name there may be others that do: ``random(1, NULL)`` is NULL."""


@fallback
def call(node: exp.Expr, scope: Scope) -> Value:
    """A function call, by the name that the author wrote."""
    name = function_name(node)
    if not name or name in scope.environment.introspection.routines.redefined:
        return nullable(f"nothing is known of function {name}" if name else "nothing proves it")
    if name in ALWAYS:
        if _is_variadic(node):
            return nullable(f"{name} of a VARIADIC array, which may be NULL", ALWAYS[name])
        if name in CONSTANT and _arguments(node):
            return nullable(f"{name} with arguments may give NULL", ALWAYS[name])
        return not_null(f"{name} always gives a value", ALWAYS[name])
    if name not in TOTAL:
        return nullable(f"{name} may give NULL")
    families, result = TOTAL[name]
    arguments = [evaluate(each, scope) for each in _arguments(node)]
    if not arguments or arguments[0].family not in families:
        return nullable(f"{name} may give NULL for this type", result)
    outcome = strictly(arguments, result)
    return outcome if outcome.nullable else not_null(f"{name} of arguments that are not NULL", result)


def _is_variadic(node: exp.Expr) -> bool:
    """Whether the arguments are the elements of an array, which may itself be NULL."""
    return any(isinstance(each, exp.Variadic) for each in node.iter_expressions())


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    """The arguments as written; units and keywords that sqlglot keeps as words are not values."""
    return [each for each in node.iter_expressions() if not isinstance(each, (exp.Var, exp.DataType))]


@rule(exp.ConcatWs)
def concat_ws(node: exp.Expr, scope: Scope) -> Value:
    """NULL only where the separator is."""
    if _is_variadic(node):
        return nullable("a VARIADIC array may be NULL", Family.TEXT)
    return strictly([evaluate(node.expressions[0], scope)], Family.TEXT)


@rule(exp.Substring)
def substring(node: exp.Expr, scope: Scope) -> Value:
    """``substring(text, start, length)`` is total; ``substring(text, pattern)`` is NULL without a match."""
    start = node.args.get("start")
    if start is None or evaluate(start, scope).family is not Family.INTEGER:
        return nullable("substring may find no match", Family.TEXT)
    return strictly([evaluate(each, scope) for each in _arguments(node)], Family.TEXT)


@rule(exp.Extract)
def extract(node: exp.Expr, scope: Scope) -> Value:
    """Of an infinite time, ``extract`` gives infinity for what grows without end, and NULL for what comes round."""
    operand = evaluate(node.expression, scope)
    if function_name(node) != "extract" or operand.family is not Family.TIME or node.this.name.lower() not in ENDLESS:
        return nullable("extract may give NULL", Family.NUMBER)
    return strictly([operand], Family.NUMBER)


@rule(exp.Kwarg, exp.PropertyEQ)
def named_argument(node: exp.Expr, scope: Scope) -> Value:
    """``name => value``."""
    return evaluate(node.expression, scope)


@rule(exp.Dot)
def qualified_call(node: exp.Expr, scope: Scope) -> Value:
    """``pg_catalog.f(x)`` is the server's own f; of another schema's, and of a row's field, nothing is known."""
    schema = node.this
    if isinstance(schema, exp.Identifier) and schema.name == "pg_catalog":
        return evaluate(node.expression, scope)
    return nullable("nothing is known of it")
