"""Function calls: what the tables of :mod:`totality` say of them, and those that need a rule of their own."""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.nullability.operators import is_finite, strictly
from janua_generator.analysis.nullability.rules import evaluate, fallback, made_by_migrations, named, rule
from janua_generator.analysis.nullability.sets import field_of_set
from janua_generator.analysis.nullability.totality import ALWAYS, BY_FIRST, CONSTANT, ENDLESS, TOTAL
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.syntax import function_name, name_of, unwrapped
from janua_generator.analysis.values import Family, Value, family_of, not_null, nullable


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
    family = family_of(scope.environment.introspection.routines.results.get(name, ""), {})
    if name == "current_setting" and len(_arguments(node)) == 1:
        # it raises an error for what is not set, but for a second argument
        return strictly([evaluate(each, scope) for each in _arguments(node)], Family.TEXT)
    signature = TOTAL.get(name) or BY_FIRST.get(name)
    if signature is None:
        return nullable(f"{name} may give NULL", family)
    families, result = signature
    result = family if family is not Family.OTHER else result
    arguments = [evaluate(each, scope) for each in _arguments(node)]
    # citext brings functions of its own for what has a citext among its arguments
    is_foreign = Family.CITEXT not in families and any(each.family is Family.CITEXT for each in arguments)
    if not arguments or arguments[0].family not in families or is_foreign or _is_variadic(node):
        return nullable(f"{name} may give NULL for this type", result)
    outcome = strictly(arguments[:1] if name in BY_FIRST else arguments, result)
    return outcome if outcome.nullable else not_null(f"{name} of arguments that are not NULL", result)


def _is_variadic(node: exp.Expr) -> bool:
    """Whether the arguments are the elements of an array, which may itself be NULL."""
    return any(isinstance(each, exp.Variadic) for each in node.iter_expressions())


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    """The arguments as written; units and keywords that sqlglot keeps as words are not values."""
    return [each for each in node.iter_expressions() if not isinstance(each, (exp.Var, exp.DataType))]


@rule(exp.JSONObject)
def json_constructor(node: exp.Expr, scope: Scope) -> Value:
    """``JSON_OBJECT('key': value)`` always gives an object; it refuses a NULL among the keys."""
    return not_null(
        "JSON_OBJECT always gives an object", Family.JSON if not node.args.get("return_type") else Family.OTHER
    )


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
    return _field(node.this, node.expression, scope)


@named("date_part")
def date_part(node: exp.Expr, scope: Scope) -> Value:
    """What ``extract`` gives, where the field is written out."""
    arguments = _arguments(node)
    field = unwrapped(arguments[0]) if len(arguments) == 2 else None
    if not isinstance(field, exp.Literal):
        return nullable("date_part may give NULL", Family.NUMBER)
    return _field(field, arguments[1], scope)


def _field(field: exp.Expr, time: exp.Expr, scope: Scope) -> Value:
    operand = evaluate(time, scope)
    if operand.family is not Family.TIME:
        return nullable("extract may give NULL", Family.NUMBER)
    if field.name.lower() not in ENDLESS and not is_finite(time):
        return nullable("extract gives NULL for an infinite time", Family.NUMBER)
    return strictly([operand], Family.NUMBER)


@named("to_char")
def to_char(node: exp.Expr, scope: Scope) -> Value:
    """NULL for an infinite time and for an empty format; numbers are always shown."""
    arguments = _arguments(node)
    values = [evaluate(each, scope) for each in arguments]
    if len(values) == 2 and values[0].family in (Family.INTEGER, Family.NUMBER):
        return strictly(values, Family.TEXT)
    format_ = unwrapped(arguments[-1])
    # sqlglot makes 'None' of ''
    is_format = isinstance(format_, exp.Literal) and format_.this not in ("", "None")
    if len(values) == 2 and is_format and is_finite(arguments[0]):
        return strictly(values, Family.TEXT)
    return nullable("to_char gives NULL for an infinite time", Family.TEXT)


@rule(exp.Kwarg, exp.PropertyEQ)
def named_argument(node: exp.Expr, scope: Scope) -> Value:
    """``name => value``."""
    return evaluate(node.expression, scope)


@rule(exp.Dot)
def qualified_call(node: exp.Expr, scope: Scope) -> Value:
    """``pg_catalog.f(x)`` is the server's own f, another schema's that of the migrations; a row's field is unknown."""
    schema, name = node.this, function_name(node.expression)
    if isinstance(schema, exp.Identifier) and schema.name == "pg_catalog":
        return evaluate(node.expression, scope)
    if isinstance(schema, exp.Identifier) and name:
        return made_by_migrations(name, node.expression, scope, name_of(schema))
    return field_of_set(schema, node.expression, scope) or nullable("nothing is known of it")
