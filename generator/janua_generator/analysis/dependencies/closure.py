"""Everything that follows from a statement: its first step, and all steps from there."""

from __future__ import annotations

from sqlglot import exp

from janua_generator.analysis.dependencies.functions import Functions
from janua_generator.analysis.dependencies.graph import Call, Check, Effects, Node, Read, Step, Write
from janua_generator.analysis.dependencies.relations import Relations
from janua_generator.analysis.dependencies.result import Dependencies
from janua_generator.analysis.dependencies.statements import Statements
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.wiring import Wiring


class Closures:
    """What follows from the objects of one schema, found out once for each that a statement names."""

    def __init__(self, wiring: Wiring) -> None:
        self._statements = Statements(wiring)
        self._relations = Relations(self._statements)
        self._functions = Functions(self._statements)
        self._steps: dict[Node, Step] = {}
        self._known: dict[Node, Effects] = {}
        self._silent: Effects | None = None

    def of(self, sql: str, tree: exp.Expr | None) -> Dependencies:
        """Return what a statement touches; ``tree`` is None where it cannot be told."""
        step = self._statements.of(sql, "query", tree)
        effects = Effects()
        effects.add(step.effects)
        for node in step.next:
            effects.add(self._following(node))
        for node in step.beside:
            effects.add(self._following(node), quietly=True)
        return self._found(effects)

    def of_object(self, node: Node) -> Dependencies:
        """Return what follows from one object's being read, written or called, whatever statement does it."""
        effects = Effects()
        effects.add(self._following(node))
        return self._found(effects)

    def _found(self, effects: Effects) -> Dependencies:
        effects.add(self._follows_silently(), quietly=True)
        return Dependencies(
            reads=tuple(sorted(effects.reads)),
            writes=tuple(sorted(effects.writes)),
            unknown_reads="; ".join(sorted(effects.unknown_reads)),
            unknown_writes="; ".join(sorted(effects.unknown_writes)),
            obstacles=tuple(sorted(effects.obstacles)),
        )

    def _following(self, start: Node) -> Effects:
        if start not in self._known:
            self._known[start] = self._gathered(start)
        return self._known[start]

    def _gathered(self, start: Node) -> Effects:
        """All that is reached, each object once, or twice where it is met as part of the result only later."""
        effects = Effects()
        quiet: dict[Node, bool] = {}
        waiting = [(start, False)]
        while waiting:
            node, quietly = waiting.pop()
            if quiet.get(node, True) is False or quiet.get(node) is quietly:
                continue
            quiet[node] = quietly
            step = self._step(node)
            effects.add(step.effects, quietly=quietly)
            waiting += [(each, quietly) for each in step.next]
            waiting += [(each, True) for each in step.beside]
        return effects

    def _step(self, node: Node) -> Step:
        if node not in self._steps:
            self._steps[node] = self._taken(node)
        return self._steps[node]

    def _taken(self, node: Node) -> Step:
        match node:
            case Read():
                return self._relations.read(node)
            case Write():
                return self._relations.write(node)
            case Call():
                return self._functions.call(node)
            case Check():
                return self._functions.check(node)

    def _follows_silently(self) -> Effects:
        """What any statement may set in motion without a word: casts and comparisons of types that people made."""
        if self._silent is None:
            self._silent = Effects()
            for function in self._statements.wiring.hooked.get(("silent", ""), ()):
                self._silent.add(self._following(Call(function)), quietly=True)
        return self._silent


def closures_of(introspection: Introspection) -> Closures:
    """Return the closures over a schema, the same ones for all queries."""
    known: Closures | None = introspection.derived.get("closures")
    if known is None:
        known = introspection.derived["closures"] = Closures(introspection.wiring)
    return known
