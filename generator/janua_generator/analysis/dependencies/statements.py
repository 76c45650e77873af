"""
A statement, wherever it stands (in a query file, a function, a rule), as the first step from it.

Its tree says which relations it names where sqlglot understands it. Everything else, and whether
the tree is to be trusted, comes from the words: they are a superset of what can be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from janua.errors import SqlSyntaxError
from janua.lexer import Kind, split_statements
from sqlglot import exp

from janua_generator.analysis.dependencies.graph import Call, Check, Node, Read, Step, Write
from janua_generator.analysis.dependencies.lexemes import Lexeme, lexemes_of, string_value, text_at, words
from janua_generator.analysis.dependencies.result import Obstacle
from janua_generator.analysis.dependencies.signals import Signals, may_signal, signals_of
from janua_generator.analysis.dependencies.touches import Touch, loses_names, touches_by_tree, touches_by_words
from janua_generator.analysis.dependencies.vocabulary import LEAVES_ROWS_ALONE, TOUCHES_NOTHING
from janua_generator.analysis.syntax import parse
from janua_generator.catalog.wiring import Event, WiredRelation, WiredType, Wiring

_UNDERSTOOD = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values, exp.Table, exp.Insert, exp.Update, exp.Delete)
_QUERY_WORDS = frozenset({"select", "with", "values", "table", "insert", "update", "delete", "merge", "("})

Place: TypeAlias = Literal["query", "stored", "body"]
"""
Where a statement stands. In a ``query`` names mean what they mean on the search path, and all must
mean something; what is ``stored`` may also name what only exists while it runs; and a ``body`` is
read on the search path of whoever calls it.
"""


@dataclass(frozen=True, eq=False)
class Statements:
    """Understands statements over one schema."""

    wiring: Wiring

    def of(self, text: str, place: Place, tree: exp.Expr | None = None) -> Step:
        """The first step from one statement; ``tree`` is None where it cannot be told."""
        lexemes = lexemes_of(text)
        kind = text_at(lexemes, 0)
        step = Step()
        if not lexemes:
            step.effects.unknown_reads.add("a text that is no SQL")
            step.effects.unknown_writes.add("a text that is no SQL")
        elif kind == "return":
            self._query(step, text, lexemes, _parsed("SELECT" + text[lexemes[0].start + len(kind) :]), place)
        elif kind in _QUERY_WORDS:
            self._query(step, text, lexemes, tree, place)
        elif kind == "explain":
            self._explain(step, text, lexemes, place)
        elif kind == "do":
            self._do(step, lexemes)
        elif kind == "copy":
            self._copy(step, text, lexemes, place)
        else:
            self._utility(step, kind, lexemes, place)
        return step

    def of_body(self, text: str, place: Place = "body") -> Step:
        """The first step from a text of several statements, each of which is parsed."""
        step = Step()
        for start, end in _spans(text):
            statement = text[start:end]
            step.add(self.of(statement, place, _parsed(statement)))
        return step

    def of_code(self, text: str) -> Step:
        """The first step from a program that has SQL in it, such as one in PL/pgSQL."""
        lexemes = lexemes_of(text)
        step = Step()
        self._touched(step, self._by_words(lexemes), "body")
        self.signalled(step, lexemes)
        if "execute" in set(words(lexemes)):
            step.effects.unknown_reads.add("runs SQL that it makes as text (EXECUTE)")
            step.effects.unknown_writes.add("runs SQL that it makes as text (EXECUTE)")
        return step

    def of_expression(self, text: str) -> Step:
        """What the words of a stored query or expression say whose relations and functions are known otherwise."""
        step = Step()
        if may_signal(text, self.wiring):
            _heed(step, signals_of(lexemes_of(text), self.wiring))
        return step

    def signalled(self, step: Step, lexemes: Sequence[Lexeme]) -> None:
        """Add the functions that are called by name, by an operator, by a cast or for a domain."""
        signals = signals_of(lexemes, self.wiring)
        _heed(step, signals)
        step.follow(self._called(signals))
        said = {("operator", each) for each in signals.operators}
        said |= {("cast", each) for each in (*signals.types, *(name for _, name in signals.calls))}
        for key in said & self.wiring.hooked.keys():
            step.next += [Call(each) for each in self.wiring.hooked[key]]
        for name in signals.names & self._checked_types.keys():
            step.follow(
                Check(each.oid) for each in self._checked_types[name] if each.is_domain or name in signals.types
            )

    def _called(self, signals: Signals) -> Iterator[Node]:
        for schema, name in signals.calls:
            for function in self.wiring.functions_named.get(name, ()):
                if schema in ("", function.schema):
                    yield Call(function.oid)
        for name in signals.fields:
            for function in self.wiring.functions_named.get(name, ()):
                if function.takes_row:
                    yield Call(function.oid)

    @cached_property
    def _checked_types(self) -> Mapping[str, Sequence[WiredType]]:
        """The types by name that have a domain in them whose check calls a function."""
        types = {each.oid: each for each in self.wiring.types}
        checked = {code.owner for code in self.wiring.code if code.kind == "domain" and code.functions}
        grown = 0
        while len(checked) > grown:
            grown = len(checked)
            checked |= {oid for oid, each in types.items() if checked & set(each.parts)}
        found: dict[str, list[WiredType]] = {}
        for oid in sorted(checked & types.keys()):
            found.setdefault(types[oid].name, []).append(types[oid])
        return found

    def _query(self, step: Step, text: str, lexemes: list[Lexeme], tree: exp.Expr | None, place: Place) -> None:
        if isinstance(tree, exp.Select) and tree.args.get("into") is not None:
            step.effects.unknown_writes.add("SELECT INTO makes a table")
        understood = isinstance(tree, (*_UNDERSTOOD, exp.Merge))
        if tree is not None and understood and not loses_names(tree, lexemes, self._is_relation):
            touches: Iterable[Touch] = touches_by_tree(tree)
        else:
            touches = [*(touches_by_tree(tree) if tree is not None and understood else ()), *self._by_words(lexemes)]
            place = "stored" if place == "query" else place
        self._touched(step, touches, place)
        self.signalled(step, lexemes)

    def _explain(self, step: Step, text: str, lexemes: list[Lexeme], place: Place) -> None:
        """As what is explained: ANALYZE does it, and the plan also depends on all that it would touch."""
        at = 1
        if text_at(lexemes, at) == "(" and text_at(lexemes, at + 1) not in _QUERY_WORDS:
            at = _closing(lexemes, at) + 1
        while text_at(lexemes, at) in ("analyze", "analyse", "verbose"):
            at += 1
        explained = text[lexemes[at].start :] if at < len(lexemes) else ""
        step.add(self.of(explained, place, _parsed(explained)))
        step.effects.obstacles.add(Obstacle("volatile", "EXPLAIN shows how the server goes about it"))

    def _do(self, step: Step, lexemes: list[Lexeme]) -> None:
        strings = (Kind.STRING, Kind.DOLLAR_STRING)
        code = next((string_value(each.text) for each in lexemes if each.kind in strings), "")
        language = next((lexemes[at + 1].word for at, each in enumerate(lexemes[:-1]) if each.text == "language"), "")
        if language in ("", "plpgsql"):
            step.add(self.of_code(code))
            step.effects.obstacles.add(Obstacle("volatile", "a DO block may do anything"))
        else:
            step.effects.unknown_reads.add(f"a DO block in {language}")
            step.effects.unknown_writes.add(f"a DO block in {language}")

    def _copy(self, step: Step, text: str, lexemes: list[Lexeme], place: Place) -> None:
        if text_at(lexemes, 1) == "(":
            closing = _closing(lexemes, 1)
            inner = text[lexemes[2].start : lexemes[closing].start]
            step.add(self.of(inner, place, _parsed(inner)))
            return
        direction = next((each.text for each in lexemes[1:] if each.text in ("from", "to")), "from")
        target = next(iter(self._by_words(lexemes)), None)
        if target is None:
            step.effects.unknown_reads.add("COPY of what is no relation of the migrated schema")
            step.effects.unknown_writes.add("COPY of what is no relation of the migrated schema")
            return
        event: Event | None = "insert" if direction == "from" else None
        self._touched(step, [Touch(target.name, target.schema, event)], place)
        self.signalled(step, lexemes)

    def _utility(self, step: Step, kind: str, lexemes: list[Lexeme], place: Place) -> None:
        if kind in TOUCHES_NOTHING:
            return
        touches = list(self._by_words(lexemes))
        if kind in LEAVES_ROWS_ALONE:
            touches = [Touch(each.name, each.schema) for each in touches]
        elif kind in ("truncate", "refresh"):
            touches = [each for each in touches if each.event == kind]
        elif kind == "show":
            step.effects.obstacles.add(Obstacle("session", "SHOW tells a setting of the session"))
        elif kind != "call":
            step.effects.unknown_reads.add(f"{kind.upper()} may read anything")
            step.effects.unknown_writes.add(f"{kind.upper()} may change anything")
        self._touched(step, touches, place)
        self.signalled(step, lexemes)

    def _is_relation(self, name: str) -> bool:
        return name in self.wiring.relations_named

    def _by_words(self, lexemes: Sequence[Lexeme]) -> Iterator[Touch]:
        return touches_by_words(lexemes, self._is_relation)

    def _touched(self, step: Step, touches: Iterable[Touch], place: Place) -> None:
        for touch in touches:
            relations = self._meant(touch, place)
            step.follow(_node(touch, each) for each in relations)
            if not relations:
                self._not_found(step, touch, place)

    def _meant(self, touch: Touch, place: Place) -> Sequence[WiredRelation]:
        if place == "body":
            return self.wiring.all_named(touch.name, touch.schema)
        found = self.wiring.resolve(touch.name, touch.schema)
        return [found] if found is not None else []

    def _not_found(self, step: Step, touch: Touch, place: Place) -> None:
        if place == "query" and not self.wiring.is_system(touch.name, touch.schema):
            shown = f"{touch.schema}.{touch.name}" if touch.schema else touch.name
            step.effects.unknown_reads.add(f"{shown} is no relation of the migrated schema")
            if touch.event is not None:
                step.effects.unknown_writes.add(f"{shown} is no relation of the migrated schema")


def _parsed(text: str) -> exp.Expr | None:
    try:
        return parse(text)
    except RecursionError:
        return None


def _spans(text: str) -> list[tuple[int, int]]:
    """The statements of a function's body; the standard's ``RETURN x`` and ``BEGIN ATOMIC … END`` are such too."""
    lexemes = lexemes_of(text)
    if text_at(lexemes, 0) == "return":
        return [(0, len(text))]
    if [text_at(lexemes, 0), text_at(lexemes, 1)] == ["begin", "atomic"] and len(lexemes) > 3:
        return split_statements(text, lexemes[2].start, lexemes[-1].start)
    try:
        return split_statements(text)
    except SqlSyntaxError:
        return [(0, len(text))]


def _closing(lexemes: Sequence[Lexeme], opening: int) -> int:
    """Where the parenthesis that opens there is closed."""
    depth = 0
    for at in range(opening, len(lexemes)):
        depth += {"(": 1, ")": -1}.get(lexemes[at].text, 0)
        if depth == 0:
            return at
    return len(lexemes) - 1


def _heed(step: Step, signals: Signals) -> None:
    step.effects.obstacles |= signals.obstacles
    step.effects.unknown_reads |= signals.unknown_reads
    step.effects.unknown_writes |= signals.unknown_writes


def _node(touch: Touch, relation: WiredRelation) -> Node:
    if touch.event is None:
        return Read(relation.oid, touch.only)
    return Write(relation.oid, touch.event, touch.columns, touch.only)
