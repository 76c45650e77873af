"""What calling a function, or making a value of a domain, sets in motion."""

from __future__ import annotations

import re
from dataclasses import dataclass

from janua_generator.analysis.dependencies.graph import Call, Check, Node, Read, Step, Write
from janua_generator.analysis.dependencies.result import Obstacle
from janua_generator.analysis.dependencies.statements import Statements
from janua_generator.analysis.dependencies.touches import ROW_EVENTS
from janua_generator.analysis.dependencies.vocabulary import TRIGGERS_ON_THE_ROW
from janua_generator.catalog.wiring import Oid, WiredFunction, Wiring

# Languages whose programs the server keeps as text, and the ways in which these reach the database.
_TEXTUAL = frozenset({"plpython3u", "plperl", "plperlu", "pltcl", "pltclu", "plv8"})
_DATABASE_ACCESS = re.compile(r"plpy|spi_|plv8|execute", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Functions:
    """The steps from the functions and domains of one schema."""

    statements: Statements

    @property
    def wiring(self) -> Wiring:
        """The schema."""
        return self.statements.wiring

    def call(self, node: Call) -> Step:
        """
        A function does what its body may do, within what it promises.

        The server holds a function that is not VOLATILE to writing nothing itself, and what such a
        function runs as text is taken to keep the promise. One that is IMMUTABLE needs no clock and no session.
        """
        function = self.wiring.function.get(node.function)
        if function is None:
            return Step()
        step = self._declared(function) if function.oid in self.wiring.declared else self._seen(function)
        if function.volatility != "volatile":
            step.beside = [each for each in step.beside if not isinstance(each, Write)]
            step.effects.unknown_writes.clear()
        _promise(step, function)
        return step

    def check(self, node: Check) -> Step:
        """A domain's checks run, and those of the types that a type is made of."""
        step = Step()
        for code in self.wiring.code_of.get(node.type, ()):
            if code.kind == "domain":
                step.beside += [Call(each) for each in code.functions]
                step.add(self.statements.of_expression(code.text), quietly=True)
        step.beside += [Check(part) for part in self.wiring.parts_of.get(node.type, ())]
        return step

    def _declared(self, function: WiredFunction) -> Step:
        known = self.wiring.declared[function.oid]
        step = Step()
        step.next += [Read(each) for each in known.reads]
        step.beside += [Write(each, event) for each in known.writes for event in ROW_EVENTS]
        return step

    def _seen(self, function: WiredFunction) -> Step:
        step = self._body(function)
        step.next += [Call(each) for each in function.functions]
        step.beside += [Check(each) for each in function.types]
        unseen = set(function.relations) & self.wiring.relation.keys() - set(_relations(step))
        step.next += [Read(each) for each in sorted(unseen)]
        return _naming(step, function)

    def _body(self, function: WiredFunction) -> Step:
        match function.language:
            case "sql":
                return self.statements.of_body(function.text)
            case "plpgsql":
                return self.statements.of_code(function.text)
            case "internal":
                return Step()
            case "c" if function.name in TRIGGERS_ON_THE_ROW:
                return Step()
            case language if language in _TEXTUAL and not _DATABASE_ACCESS.search(function.text):
                return Step()
        step = Step()
        step.effects.unknown_reads.add(f"is written in {function.language}")
        step.effects.unknown_writes.add(f"is written in {function.language}")
        return step


def _relations(step: Step) -> list[Oid]:
    nodes: list[Node] = [*step.next, *step.beside]
    return [each.relation for each in nodes if isinstance(each, (Read, Write))]


def _naming(step: Step, function: WiredFunction) -> Step:
    """Say of which function it is that something is not known."""
    effects = step.effects
    effects.unknown_reads = {f"{function.qualified}: {each}" for each in effects.unknown_reads}
    effects.unknown_writes = {f"{function.qualified}: {each}" for each in effects.unknown_writes}
    return step


def _promise(step: Step, function: WiredFunction) -> None:
    match function.volatility:
        case "immutable":
            kept = {"row security", "foreign table", "system catalog", "large object"}
            step.effects.obstacles = {each for each in step.effects.obstacles if each.kind in kept}
        case "stable":
            step.effects.obstacles = {each for each in step.effects.obstacles if each.kind != "volatile"}
        case "volatile":
            step.effects.obstacles.add(Obstacle("volatile", f"{function.qualified}() is volatile"))
