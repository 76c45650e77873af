"""Operators and casts: NULL for a NULL operand, and for which operands alone."""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.rules import evaluate, rule
from janua_generator.analysis.rewriting import written_as
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.syntax import function_name, is_quantified, is_row, type_name, unwrapped
from janua_generator.analysis.values import Family, Value, converted, family_of, not_null, nullable

_ARITHMETIC = frozenset({Family.INTEGER, Family.NUMBER, Family.TIME, Family.LITERAL})
_KEYS = frozenset({Family.TEXT, Family.INTEGER, Family.ARRAY, Family.LITERAL})
_HSTORE_KEYS = frozenset({Family.TEXT, Family.ARRAY, Family.HSTORE})
_TEXTS = frozenset({Family.TEXT, Family.CITEXT})
_TEXT_PAIRS = ({Family.TEXT}, {Family.TEXT, Family.LITERAL})

# sqlglot's spelling of the symbol, as far as migrations might have defined an operator of that name
_SYMBOLS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%", exp.DPipe: "||", exp.Pow: "^",
    exp.Like: "~~", exp.ILike: "~~*", exp.RegexpLike: "~", exp.RegexpILike: "~*",
    exp.ArrayContainsAll: "@>", exp.ArrayContainedBy: "<@", exp.ArrayOverlaps: "&&", exp.Adjacent: "-|-",
    exp.Neg: "-", exp.Distance: "<->",
    exp.BitwiseAnd: "&", exp.BitwiseOr: "|", exp.BitwiseXor: "#", exp.BitwiseLeftShift: "<<",
    exp.BitwiseRightShift: ">>", exp.BitwiseNot: "~", exp.JSONBDeleteAtPath: "#-", exp.JSONBContainsTopKey: "?",
    exp.JSONBContainsAnyTopKeys: "?|", exp.JSONBContainsAllTopKeys: "?&", exp.MatchAgainst: "@@",
}  # fmt: skip


def strictly(operands: list[Value], family: Family) -> Value:
    """The result of an operation that is NULL for a NULL operand and for nothing else."""
    for operand in operands:
        if operand.nullable:
            return nullable(operand.why, family)
    return not_null("no operand is NULL", family)


def _redefined(node: exp.Expr, scope: Scope) -> bool:
    return _compares_anew((_SYMBOLS.get(type(node), ""),), scope)


def _compares_anew(symbols: tuple[str, ...], scope: Scope) -> bool:
    """Whether the migrations gave one of these operators a meaning of their own."""
    redefined = scope.environment.introspection.routines.redefined_operators
    return bool(redefined) and any(not redefined.isdisjoint(written_as(symbol)) for symbol in symbols)


@rule(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
def comparison(node: exp.Expr, scope: Scope) -> Value:
    """A comparison of two non-NULL values is true or false; ANY and ALL also meet the elements' NULLs."""
    left, right = unwrapped(node.this), unwrapped(node.expression)
    if _redefined(node, scope):
        return nullable("an operator whose result is not known")
    if is_quantified(right):
        return nullable("an element of the array may be NULL", Family.BOOLEAN)
    if is_row(left) and is_row(right):
        parts = [evaluate(each, scope) for each in left.expressions + right.expressions]
        if any(part.family is Family.COMPOSITE for part in parts):
            return nullable("a field of the row may be NULL", Family.BOOLEAN)
        return strictly(parts, Family.BOOLEAN)
    if is_row(left) or is_row(right):
        return nullable("a field of the row may be NULL", Family.BOOLEAN)
    return strictly([evaluate(left, scope), evaluate(right, scope)], Family.BOOLEAN)


@rule(exp.Like, exp.ILike, exp.SimilarTo, exp.RegexpLike, exp.RegexpILike)
def match(node: exp.Expr, scope: Scope) -> Value:
    """A pattern match of two non-NULL texts is true or false."""
    if _redefined(node, scope):
        return nullable("an operator whose result is not known")
    if is_quantified(node.expression) or isinstance(node.expression, exp.Array):
        return nullable("an element of the array may be NULL", Family.BOOLEAN)
    return strictly([evaluate(node.this, scope), evaluate(node.expression, scope)], Family.BOOLEAN)


@rule(exp.ArrayContainsAll, exp.ArrayContainedBy, exp.ArrayOverlaps, exp.Adjacent)
def containment(node: exp.Expr, scope: Scope) -> Value:
    """``@>``, ``<@`` and ``&&`` of arrays, ranges and jsonb never treat an inner NULL as unknown."""
    if _redefined(node, scope):
        return nullable("the operator is redefined", Family.BOOLEAN)
    return strictly([evaluate(node.this, scope), evaluate(node.expression, scope)], Family.BOOLEAN)


@rule(exp.JSONBContainsTopKey, exp.JSONBContainsAnyTopKeys, exp.JSONBContainsAllTopKeys, exp.JSONBDeleteAtPath)
def keys(node: exp.Expr, scope: Scope) -> Value:
    """``?``, ``?|``, ``?&`` and ``#-`` of a jsonb, the first three of an hstore too."""
    left, right = evaluate(node.this, scope), evaluate(node.expression, scope)
    family = Family.JSON if isinstance(node, exp.JSONBDeleteAtPath) else Family.BOOLEAN
    is_of_hstore = left.family is Family.HSTORE and family is Family.BOOLEAN
    if _redefined(node, scope) or not (left.family is Family.JSON or is_of_hstore):
        return nullable("an operator whose result is not known")
    return strictly([left, right], family)


@rule(exp.MatchAgainst)
def search(node: exp.Expr, scope: Scope) -> Value:
    """``@@`` of a text search; the one of jsonb and a path is NULL where the path finds no boolean."""
    operands = [evaluate(each, scope) for each in (node.this, *node.expressions)]
    if _redefined(node, scope) or Family.SEARCH not in {each.family for each in operands}:
        return nullable("the path may find nothing", Family.BOOLEAN)
    return strictly(operands, Family.BOOLEAN)


@rule(exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar)
def extraction(node: exp.Expr, scope: Scope) -> Value:
    """``->``, ``->>``, ``#>`` and ``#>>`` give NULL where there is nothing; ``->`` of an hstore is a text."""
    found = nullable("there may be no such element")
    if evaluate(node.this, scope).family is not Family.JSON or function_name(node):
        return found
    is_text = isinstance(node, (exp.JSONExtractScalar, exp.JSONBExtractScalar))
    return found.with_family(Family.TEXT if is_text else Family.JSON)


@rule(exp.Bracket)
def element(node: exp.Expr, scope: Scope) -> Value:
    """A subscript gives NULL where there is no such element; a slice gives an array, of a NULL array NULL."""
    operand = evaluate(node.this, scope)
    parts = [part for each in node.expressions if isinstance(each, exp.Slice) for part in each.iter_expressions()]
    if operand.family is Family.ARRAY and any(isinstance(each, exp.Slice) for each in node.expressions):
        return strictly([operand, *(evaluate(each, scope) for each in parts)], Family.ARRAY)
    return nullable("there may be no such element", Family.JSON if operand.family is Family.JSON else Family.OTHER)


@rule(exp.Between)
def between(node: exp.Expr, scope: Scope) -> Value:
    """``BETWEEN`` is two comparisons, of rows field by field."""
    operands = [node.this, node.args["low"], node.args["high"]]
    if any(is_row(unwrapped(each)) for each in operands) or _compares_anew(("<=", ">="), scope):
        return nullable("a field of the row may be NULL", Family.BOOLEAN)
    return strictly([evaluate(each, scope) for each in operands], Family.BOOLEAN)


@rule(exp.In)
def membership(node: exp.Expr, scope: Scope) -> Value:
    """``IN`` is NULL where nothing matched and something was NULL."""
    operand = evaluate(node.this, scope)
    if is_row(unwrapped(node.this)) or operand.nullable or _compares_anew(("=",), scope):
        return nullable("the operand may be NULL", Family.BOOLEAN)
    query = node.args.get("query")
    if query is not None:
        columns = scope.child().output_of(query).columns
        if columns is None or any(column.value.nullable for column in columns):
            return nullable("a row of the subquery may be NULL", Family.BOOLEAN)
        return not_null("neither operand nor subquery is NULL", Family.BOOLEAN)
    if not node.expressions or any(is_row(unwrapped(each)) for each in node.expressions):
        return nullable("an element may be NULL", Family.BOOLEAN)
    return strictly([evaluate(each, scope) for each in node.expressions], Family.BOOLEAN)


@rule(exp.And, exp.Or, exp.Not)
def logic(node: exp.Expr, scope: Scope) -> Value:
    """Three-valued logic gives NULL only for a NULL operand."""
    operands = [evaluate(each, scope) for each in node.iter_expressions()]
    return strictly(operands, Family.BOOLEAN)


@rule(exp.Is)
def test(node: exp.Expr, scope: Scope) -> Value:
    """``IS NULL``, ``IS TRUE`` and the like are never NULL; ``IS JSON`` and ``IS NORMALIZED`` are, of a NULL."""
    if isinstance(node.expression, (exp.Null, exp.Boolean)):
        return not_null("a test is true or false", Family.BOOLEAN)
    return nullable("the test of a NULL is NULL", Family.BOOLEAN)


@rule(exp.NullSafeEQ, exp.NullSafeNEQ)
def distinction(node: exp.Expr, scope: Scope) -> Value:
    """``IS DISTINCT FROM`` is never NULL. ``<=>`` reads the same, but is an extension's distance, NULL for NULL."""
    operands = [evaluate(node.this, scope), evaluate(node.expression, scope)]
    if {each.family for each in operands} - {Family.LITERAL} == {Family.VECTOR} and not _compares_anew(("<=>",), scope):
        return strictly(operands, Family.OTHER)
    if "<=>" in scope.environment.introspection.routines.strict_operators or _compares_anew(("<=>", "="), scope):
        return nullable("an operator whose result is not known")
    return not_null("a test is true or false", Family.BOOLEAN)


@rule(exp.Distance)
def distance(node: exp.Expr, scope: Scope) -> Value:
    """``<->`` of vectors and, by pg_trgm, of texts; that of other types has other rules."""
    operands = [evaluate(node.this, scope), evaluate(node.expression, scope)]
    families = {each.family for each in operands} - {Family.LITERAL}
    if _redefined(node, scope) or families not in ({Family.VECTOR}, {Family.TEXT}):
        return nullable("an operator whose result is not known")
    return strictly(operands, Family.NUMBER)


@rule(exp.Exists)
def existence(node: exp.Expr, scope: Scope) -> Value:
    """``EXISTS`` is never NULL."""
    return not_null("a test is true or false", Family.BOOLEAN)


@rule(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Pow)
def arithmetic(node: exp.Expr, scope: Scope) -> Value:
    """Arithmetic on numbers, times and ranges raises an error rather than giving NULL; of jsonb, ``-`` takes away."""
    left, right = evaluate(node.this, scope), evaluate(node.expression, scope)
    if _redefined(node, scope):
        return nullable("an operator whose result is not known")
    if isinstance(node, exp.Sub) and left.family is Family.JSON and right.family in _KEYS:
        return strictly([left, right], Family.JSON)
    if isinstance(node, exp.Sub) and left.family is Family.HSTORE and right.family in _HSTORE_KEYS:
        return strictly([left, right], Family.HSTORE)
    for family in (Family.RANGE, Family.VECTOR):
        if {left.family, right.family} == {family} and isinstance(node, (exp.Add, exp.Sub, exp.Mul)):
            return strictly([left, right], family)
    if isinstance(node, exp.Mod) and {left.family, right.family} in _TEXT_PAIRS:
        # of pg_trgm
        return strictly([left, right], Family.BOOLEAN)
    if not {left.family, right.family} <= _ARITHMETIC:
        return nullable("an operator whose result is not known")
    families = {left.family, right.family} - {Family.LITERAL}
    if isinstance(node, exp.Pow):
        # of integers too it is a double precision
        return strictly([left, right], Family.NUMBER)
    order = (Family.TIME, Family.NUMBER, Family.INTEGER)
    return strictly([left, right], next((each for each in order if each in families), Family.LITERAL))


@rule(exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseLeftShift, exp.BitwiseRightShift, exp.BitwiseNot)
def bits(node: exp.Expr, scope: Scope) -> Value:
    """The bits of integers; ``<<`` and ``&`` also stand between ranges, networks and shapes."""
    operands = [evaluate(each, scope) for each in node.iter_expressions()]
    if _redefined(node, scope) or Family.INTEGER not in {each.family for each in operands}:
        return nullable("an operator whose result is not known")
    if not {each.family for each in operands} <= {Family.INTEGER, Family.LITERAL}:
        return nullable("an operator whose result is not known")
    return strictly(operands, Family.INTEGER)


@rule(exp.Neg)
def negation(node: exp.Expr, scope: Scope) -> Value:
    """The negative of a number or interval."""
    operand = evaluate(node.this, scope)
    if operand.family not in _ARITHMETIC or _redefined(node, scope):
        return nullable("an operator whose result is not known")
    return strictly([operand], operand.family)


@rule(exp.DPipe)
def concatenation(node: exp.Expr, scope: Scope) -> Value:
    """``||`` of non-NULL texts, arrays, json or bytes."""
    left, right = evaluate(node.this, scope), evaluate(node.expression, scope)
    if _redefined(node, scope):
        return nullable("an operator whose result is not known")
    families = {left.family, right.family} - {Family.LITERAL}
    if families & _TEXTS and families.isdisjoint({Family.ARRAY, Family.LTREE}):
        return strictly([left, right], Family.TEXT)
    known = (Family.ARRAY, Family.JSON, Family.BYTES, Family.SEARCH, Family.HSTORE, Family.LTREE, Family.VECTOR)
    family = next((each for each in known if each in families), Family.OTHER)
    if family is Family.OTHER:
        return nullable("an operator whose result is not known")
    return strictly([left, right], family)


@rule(exp.AtTimeZone)
def at_time_zone(node: exp.Expr, scope: Scope) -> Value:
    """``AT TIME ZONE`` of a non-NULL time."""
    return strictly([evaluate(node.this, scope), evaluate(node.args["zone"], scope)], Family.TIME)


@rule(exp.Collate)
def collation(node: exp.Expr, scope: Scope) -> Value:
    """A collation changes nothing about the value."""
    return evaluate(node.this, scope)


@rule(exp.Cast)
def cast(node: exp.Expr, scope: Scope) -> Value:
    """
    A cast gives NULL for NULL.

    And for a jsonb ``null`` cast to a scalar (PostgreSQL 18), so json is trusted only on its way
    to text and to itself; and for an infinite time cast to a time of day (timestamp_time, timestamptz_timetz
    and their kin). Nor is anything known of casts that the migrations made.
    """
    types, target = scope.environment.introspection.types, type_name(node.args["to"])
    operand = evaluate(node.this, scope)
    if not is_finite(node.this):
        operand = converted(operand, target, types)
    family = family_of(target, types)
    is_shown = family is Family.TEXT
    if scope.environment.introspection.routines.redefined_casts or (operand.family is Family.OTHER and not is_shown):
        return nullable(operand.why if operand.nullable else "a cast of a value of unknown type", family)
    if operand.family is Family.JSON and family not in (Family.TEXT, Family.JSON):
        return nullable("a json null becomes NULL", family)
    return strictly([operand], family)


def is_finite(node: exp.Expr) -> bool:
    """Whether it is the time of now."""
    node = unwrapped(node)
    while isinstance(node, (exp.AtTimeZone, exp.Paren)):
        node = node.this
    clocks = ("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "current_date",
              "localtimestamp")  # fmt: skip
    return function_name(node) in clocks


@rule(exp.Array)
def array(node: exp.Expr, scope: Scope) -> Value:
    """``ARRAY[…]`` and ``ARRAY(SELECT …)`` always give an array."""
    return not_null("an array constructor", Family.ARRAY)


@rule(exp.Tuple)
def row(node: exp.Expr, scope: Scope) -> Value:
    """``(a, b)`` and ``ROW(a, b)`` always give a row."""
    return not_null("a row constructor", Family.COMPOSITE)
