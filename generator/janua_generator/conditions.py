"""
CHECK constraints as what a factory can satisfy: alternatives, each of which is a list of plain conditions.

The server's text is brought into disjunctive normal form, which keeps the third truth value as it is: a check
that is NULL passes. What cannot be read becomes a condition of its own, ``?``, and is left to the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from janua.testing.factories.declared import Atom, Check
from sqlglot import exp

from janua_generator.analysis.syntax import function_name, name_of, parse, unwrapped
from janua_generator.operands import TRUNCATED, Operand, constant_of, constants_of, operand_of, pattern_of

Branch = tuple[Atom, ...]
Branches = list[Branch]

_MOST_BRANCHES = 48
_UNREADABLE: Branches = [(Atom("", "?"),)]
_OPERATORS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_NEGATED = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_PATTERNS: Mapping[type[exp.Expr], str] = {
    exp.RegexpLike: "~",
    exp.RegexpILike: "~*",
    exp.Like: "like",
    exp.ILike: "ilike",
}
_TESTS = frozenset({"isempty", "lower_inf", "upper_inf", "lower_inc", "upper_inc"})
_PREDICATES = (exp.Predicate, exp.Connector, exp.Not, exp.Boolean)


def check_of(name: str, condition: str, attributes: Mapping[str, str]) -> Check:
    """Return a condition in SQL on columns, which go by ``attributes`` in Python."""
    tree = parse(f"SELECT {condition}")
    node = tree.expressions[0] if tree is not None and tree.expressions else None
    found = Reader(attributes).branches(node) if node is not None else _UNREADABLE
    mentioned = [name_of(each) for each in node.find_all(exp.Column)] if node is not None else []
    columns = tuple(dict.fromkeys(attributes[each] for each in mentioned if each in attributes))
    is_exact = all(atom.operator != "?" for branch in found for atom in branch)
    readable = tuple(tuple(atom for atom in branch if atom.operator != "?") for branch in found)
    return Check(name, columns or (() if node is not None else tuple(attributes.values())), readable, is_exact)


def condition_of(definition: str) -> str:
    """Return the condition of a CHECK constraint's definition, as ``pg_get_constraintdef`` prints it."""
    return re.sub(r"(\s+(NO INHERIT|NOT VALID|NOT ENFORCED))*\s*$", "", definition.removeprefix("CHECK "))


def both(one: Branches, other: Branches) -> Branches:
    """The alternatives of two conditions that both have to hold."""
    if len(one) * len(other) > _MOST_BRANCHES:
        return _UNREADABLE
    return [tuple(dict.fromkeys((*a, *b))) for a, b in product(one, other)]


class Reader:
    """Reads conditions on the columns that go by ``attributes`` in Python."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        self._attributes = attributes

    def branches(self, node: exp.Expr, wanted: bool = True) -> Branches:
        """The alternatives by which the condition is true, or false where that is ``wanted``."""
        found = self._branches(unwrapped(node), wanted)
        return found if len(found) <= _MOST_BRANCHES else _UNREADABLE

    def _branches(self, node: exp.Expr, wanted: bool) -> Branches:
        if isinstance(node, (exp.And, exp.Or)):
            one, other = self.branches(node.this, wanted), self.branches(node.expression, wanted)
            return both(one, other) if isinstance(node, exp.And) == wanted else one + other
        if isinstance(node, exp.Not):
            return self.branches(node.this, not wanted)
        if isinstance(node, exp.Boolean):
            return [()] if bool(node.this) == wanted else []
        if isinstance(node, exp.Is):
            return self._is(node, wanted != bool(node.args.get("negate")))
        if isinstance(node, exp.Case):
            return self._case(node, wanted)
        if type(node) in _PATTERNS:
            return self._pattern(node, wanted != bool(node.args.get("negate")))
        if isinstance(node, (exp.NullSafeEQ, exp.NullSafeNEQ)):
            return self._distinct(node, wanted == isinstance(node, exp.NullSafeNEQ))
        if type(node) in _OPERATORS:
            operator = _OPERATORS[type(node)]
            return self._compared(node, operator if wanted else _NEGATED[operator])
        return self._called(node, wanted)

    def _column(self, node: exp.Expr) -> str:
        node = unwrapped(node)
        return self._attributes.get(name_of(node), "") if isinstance(node, exp.Column) else ""

    def _is(self, node: exp.Is, wanted: bool) -> Branches:
        if isinstance(node.expression, exp.Boolean):
            return self._is_true(node.this, bool(node.expression.this), wanted)
        operand = self._operand(node.this)
        if not isinstance(node.expression, exp.Null) or operand is None or not operand.column or operand.plus:
            return _UNREADABLE
        return [(Atom(operand.column, "null" if wanted else "not null"),)]

    def _is_true(self, node: exp.Expr, value: bool, wanted: bool) -> Branches:
        column = self._column(node)
        if wanted:
            found = self.branches(node, value)
            return both(found, [(Atom(column, "not null"),)]) if column else found
        others = self.branches(node, not value)
        return [*others, (Atom(column, "null"),)] if column else others

    def _case(self, node: exp.Case, wanted: bool) -> Branches:
        if node.this is not None:
            return _UNREADABLE
        found: Branches = []
        before: Branches = [()]
        for each in node.args["ifs"]:
            found += both(both(before, self.branches(each.this)), self.branches(each.args["true"], wanted))
            before = both(before, self.branches(each.this, wanted=False))
        default = node.args.get("default")
        return found + (both(before, self.branches(default, wanted)) if default is not None else before)

    def _pattern(self, node: exp.Expr, wanted: bool) -> Branches:
        operand, pattern = self._operand(node.this), pattern_of(node.args["expression"])
        if operand is None or not operand.column or operand.of or pattern is None:
            return _UNREADABLE
        return [(Atom(operand.column, ("" if wanted else "!") + _PATTERNS[type(node)], pattern),)]

    def _distinct(self, node: exp.Expr, wanted: bool) -> Branches:
        column, value = self._operand(node.this), constant_of(node.args["expression"])
        if column is None or not column.column or column.of or value is None:
            return _UNREADABLE
        if wanted:
            return [(Atom(column.column, "<>", value),), (Atom(column.column, "null"),)]
        return [(Atom(column.column, "=", value), Atom(column.column, "not null"))]

    def _compared(self, node: exp.Expr, operator: str) -> Branches:
        left, right = unwrapped(node.this), unwrapped(node.args["expression"])
        if (listed := constants_of(right)) is not None:
            return self._listed(left, operator, listed)
        if isinstance(left, exp.StrPosition):
            return self._found(left, operator, constant_of(right))
        if operator in ("=", "<>") and isinstance(left, _PREDICATES) and not isinstance(left, exp.Case):
            if self._is_condition(right):
                return self._equivalent(left, right, wanted=operator == "=")
        elif operator in ("=", "<>") and isinstance(right, _PREDICATES) and self._column(left):
            return self._equivalent(right, left, wanted=operator == "=")
        if (counted := self._counted(left)) and (number := constant_of(right)) is not None:
            return self._count(counted, operator, number)
        if isinstance(left, exp.Coalesce):
            return self._coalesced(left, right, operator)
        return self._plain(left, right, operator)

    def _is_condition(self, node: exp.Expr) -> bool:
        return isinstance(node, _PREDICATES) or bool(self._column(node))

    def _equivalent(self, left: exp.Expr, right: exp.Expr, *, wanted: bool) -> Branches:
        return both(self.branches(left), self.branches(right, wanted)) + both(
            self.branches(left, wanted=False), self.branches(right, not wanted)
        )

    def _counted(self, node: exp.Expr) -> list[tuple[Branches, Branches]]:
        """The conditions that a sum counts, each with its opposite; none where it is no such sum."""
        node = unwrapped(node)
        if function_name(node) in ("num_nonnulls", "num_nulls"):
            names = [self._column(each) for each in node.expressions]
            if not all(names):
                return []
            kinds = ("not null", "null") if function_name(node) == "num_nonnulls" else ("null", "not null")
            return [([(Atom(name, kinds[0]),)], [(Atom(name, kinds[1]),)]) for name in names]
        if isinstance(node, exp.Add):
            one, other = self._counted(node.this), self._counted(node.expression)
            return one + other if one and other else []
        if isinstance(node, exp.Cast) and isinstance(unwrapped(node.this), _PREDICATES):
            return [(self.branches(node.this), self.branches(node.this, wanted=False))]
        return []

    def _count(self, counted: Sequence[tuple[Branches, Branches]], operator: str, number: str) -> Branches:
        if not number.isdigit() or len(counted) > 5:
            return _UNREADABLE
        found: Branches = []
        for chosen in product((True, False), repeat=len(counted)):
            if _holds(sum(chosen), operator, int(number)):
                several: Branches = [()]
                for (held, failed), is_held in zip(counted, chosen, strict=True):
                    several = both(several, held if is_held else failed)
                found += several
        return found

    def _listed(self, left: exp.Expr, operator: str, values: tuple[str, ...]) -> Branches:
        operand = self._operand(left)
        if operand is None or not operand.column or operator not in ("=", "<>"):
            return _UNREADABLE
        return [(Atom(operand.column, "in" if operator == "=" else "not in", values, operand.of),)]

    def _coalesced(self, left: exp.Coalesce, right: exp.Expr, operator: str) -> Branches:
        column = self._column(left.this)
        if not column or len(left.expressions) != 1:
            return _UNREADABLE
        given = both([(Atom(column, "not null"),)], self._plain(left.this, right, operator))
        default, value = constant_of(left.expressions[0]), constant_of(right)
        if default is None or value is None:
            return given
        return [*given, (Atom(column, "null"),)] if _are(default, operator, value) else given

    def _plain(self, left: exp.Expr, right: exp.Expr, operator: str) -> Branches:
        one, other = self._operand(left), self._operand(right)
        if one is None and isinstance(left, exp.Sub):
            return self._difference(left, right, operator)
        if one is None or other is None:
            return _UNREADABLE
        if not one.column or (other.column and one.plus and not other.plus):
            one, other, operator = other, one, _MIRRORED[operator]
        if not one.column or one.plus:
            return _UNREADABLE
        if not other.column:
            return [(Atom(one.column, operator, other.value, one.of),)]
        if one.column == other.column:
            return self._of_itself(one, other, operator)
        if one.of or other.of:
            return _UNREADABLE
        return [(Atom(one.column, operator, other=other.column, plus=other.plus),)]

    def _difference(self, left: exp.Sub, right: exp.Expr, operator: str) -> Branches:
        """``a - b < 5``, which is ``a < b + 5``."""
        one, other, value = self._column(left.this), self._column(left.expression), constant_of(right)
        if not one or not other or value is None:
            return _UNREADABLE
        return [(Atom(one, operator, other=other, plus=value),)]

    @staticmethod
    def _of_itself(one: Operand, other: Operand, operator: str) -> Branches:
        functions = {one.of, other.of}
        if operator == "=" and functions == {"", "upper"}:
            return [(Atom(one.column, "~", "^[^[:lower:]]*$"),)]
        if operator == "=" and functions == {"", "lower"}:
            return [(Atom(one.column, "~", "^[^[:upper:]]*$"),)]
        start = next((each for each in functions if each in TRUNCATED), "")
        if operator == "=" and functions == {"", start} and start:
            return [tuple(Atom(one.column, "=", value, part) for part, value in TRUNCATED[start])]
        return [()] if operator == "=" and functions == {""} else _UNREADABLE

    def _called(self, node: exp.Expr, wanted: bool) -> Branches:
        if column := self._column(node):
            return [(Atom(column, "=", "true" if wanted else "false"),)]
        name = function_name(node)
        if name in _TESTS and (column := self._column(node.expressions[0])):
            return [(Atom(column, "=", "true" if wanted else "false", name),)]
        if isinstance(node, (exp.StartsWith, exp.JSONBContainsTopKey)) and wanted:
            column, value = self._column(node.this), constant_of(node.expression)
            if not column or value is None:
                return _UNREADABLE
            is_prefix = isinstance(node, exp.StartsWith)
            return [(Atom(column, "like", _escaped(value) + "%") if is_prefix else Atom(column, "has", value),)]
        values = constants_of(node.expression) if isinstance(node, exp.ArrayContainedBy) else None
        if values is not None and wanted and (column := self._column(node.this)):
            return [(Atom(column, "<@", values),)]
        return _UNREADABLE

    def _found(self, node: exp.StrPosition, operator: str, least: str | None) -> Branches:
        """``position(part IN column) > 0``, or a greater number."""
        operand, part = self._operand(node.this), constant_of(node.args["substr"])
        is_known = operand is not None and operand.column and not operand.of + operand.plus
        if not is_known or part is None or operator != ">" or least not in ("0", "1"):
            return _UNREADABLE
        assert operand is not None
        return [(Atom(operand.column, "like", f"{'_' * int(least)}%{_escaped(part)}%"),)]

    def _operand(self, node: exp.Expr) -> Operand | None:
        return operand_of(node, self._attributes)


def _escaped(text: str) -> str:
    """A text as a part of a pattern of LIKE."""
    return re.sub(r"([%_\\])", r"\\\1", text)


def _holds(one: int, operator: str, other: int) -> bool:
    return {
        "=": one == other,
        "<>": one != other,
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
    }[operator]


def _are(one: str, operator: str, other: str) -> bool:
    """Whether two constants compare so, as far as that can be told: numbers, and texts that are equal or not."""
    if re.fullmatch(r"-?\d+", one) and re.fullmatch(r"-?\d+", other):
        return _holds(int(one), operator, int(other))
    return (operator == "=" and one == other) or (operator == "<>" and one != other)


def all_of(conditions: Iterable[Branches]) -> Branches:
    """The alternatives of conditions that all have to hold."""
    found: Branches = [()]
    for each in conditions:
        found = both(found, each)
    return found
