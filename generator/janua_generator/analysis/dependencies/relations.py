"""What reading and writing a relation sets in motion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from janua_generator.analysis.dependencies.graph import Call, Check, Read, Step, Write
from janua_generator.analysis.dependencies.result import Obstacle
from janua_generator.analysis.dependencies.rules import commands_of
from janua_generator.analysis.dependencies.statements import Statements
from janua_generator.analysis.dependencies.touches import ROW_EVENTS, touches_by_tree
from janua_generator.analysis.syntax import parse
from janua_generator.catalog.wiring import (
    Event,
    Oid,
    WiredCode,
    WiredKey,
    WiredRelation,
    WiredTrigger,
    Wiring,
)


@dataclass(frozen=True, eq=False)
class Relations:
    """The steps from the relations of one schema."""

    statements: Statements

    @property
    def wiring(self) -> Wiring:
        """The schema."""
        return self.statements.wiring

    def read(self, node: Read) -> Step:
        """A view stands for what it reads, a parent for its children; a policy may read more."""
        relation = self.wiring.relation[node.relation]
        step = Step()
        match relation.kind:
            case "view":
                self._follow_code(step, relation, "view")
                return step
            case "sequence":
                step.effects.obstacles.add(Obstacle("volatile", f"{relation.qualified} is a sequence"))
                return step
            case "foreign table":
                step.effects.obstacles.add(Obstacle("foreign table", f"{relation.qualified} is kept elsewhere"))
        step.effects.reads.add(relation.qualified)
        if not node.only:
            step.next += [Read(child, named=False) for child in self._children(relation)]
        if relation.row_security and node.named:
            step.effects.obstacles.add(Obstacle("row security", f"{relation.qualified} has row level security"))
            self._follow_code(step, relation, "policy")
        return step

    def write(self, node: Write) -> Step:
        """Rules, triggers, foreign keys and computed values act on a row that is written."""
        relation = self.wiring.relation[node.relation]
        step = Step()
        if relation.kind == "materialized view":
            step.effects.writes.add(relation.qualified)
            self._follow_code(step, relation, "view")
            self._follow_code(step, relation, "value", quietly=True)
            return step
        if relation.kind == "sequence":
            return step
        rewritten = node.named and self._follow_rules(step, node)
        self._follow_triggers(step, node, relation)
        self._follow_values(step, node, relation)
        if node.event in ("update", "delete") or relation.kind == "view":
            step.beside.append(Read(relation.oid, node.only, node.named))
        if relation.kind == "view":
            if not rewritten and not self._stood_in_for(node):
                self._follow_base(step, node, relation)
            return step
        step.effects.writes |= {each.qualified for each in self._with_ancestors(relation)}
        self._follow_children(step, node, relation)
        self._follow_keys(step, node, relation)
        return step

    def _follow_code(self, step: Step, relation: WiredRelation, kind: str, *, quietly: bool = False) -> None:
        for code in self.wiring.code_of.get(relation.oid, ()):
            if code.kind == kind:
                step.add(self.stored(code), quietly=quietly)

    def stored(self, code: WiredCode) -> Step:
        """The first step from a stored query or expression, whose dependencies the server knows."""
        step = self.statements.of_expression(code.text)
        step.next += [Read(each) for each in code.relations if each in self.wiring.relation]
        step.next += [Call(each) for each in code.functions]
        step.beside += [Check(each) for each in code.types]
        return step

    def _follow_base(self, step: Step, node: Write, view: WiredRelation) -> None:
        """The one relation of an updatable view's FROM, or whatever the view depends on."""
        for code in self.wiring.code_of.get(view.oid, ()):
            if code.kind != "view":
                continue
            base = self._only_source(code)
            found = [base] if base is not None else [each for each in code.relations if each in self.wiring.relation]
            step.beside += [Write(each, node.event) for each in found]

    def _only_source(self, code: WiredCode) -> Oid | None:
        tree = parse(code.text.rstrip().removesuffix(";"))
        if not isinstance(tree, exp.Select) or tree.args.get("joins") or tree.args.get("with_"):
            return None
        from_ = tree.args.get("from_")
        table = from_.this if isinstance(from_, exp.From) else None
        if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier) or table.args.get("joins"):
            return None
        touch = next(touches_by_tree(exp.Select(from_=exp.From(this=table.copy()))))
        found = self.wiring.resolve(touch.name, touch.schema)
        return found.oid if found is not None and found.oid in code.relations else None

    def _follow_rules(self, step: Step, node: Write) -> bool:
        """Do what the rules say; whether one of them stands in for the statement."""
        rewritten = False
        for code in self.wiring.code_of.get(node.relation, ()):
            if code.kind == "rule" and code.event == node.event:
                rewritten |= code.instead
                step.add(self._rule(code), quietly=True)
        return rewritten

    def _rule(self, code: WiredCode) -> Step:
        step = self.statements.of_expression(code.text)
        step.next += [Call(each) for each in code.functions]
        step.beside += [Check(each) for each in code.types]
        named: set[Oid] = set()
        events: tuple[Event, ...] = ()
        for command in commands_of(code.text):
            tree = parse(command)
            found = self.statements.of(command, "stored", tree)
            named |= {each.relation for each in (*found.next, *found.beside) if isinstance(each, (Read, Write))}
            events = events if tree is not None else ROW_EVENTS
            step.add(found)
        # in the rule's condition, or in a command that cannot be told
        unseen = [each for each in code.relations if each in self.wiring.relation and each not in named]
        step.next += [Read(each) for each in unseen]
        step.beside += [Write(each, event) for each in unseen for event in events]
        return step

    def _follow_triggers(self, step: Step, node: Write, relation: WiredRelation) -> None:
        for trigger in self.wiring.triggers_of.get(relation.oid, ()):
            if self._fires(trigger, node, relation):
                self._fire(step, trigger)

    def _fires(self, trigger: WiredTrigger, node: Write, relation: WiredRelation) -> bool:
        if not trigger.per_row and not node.named:
            return False
        if node.event not in trigger.events:
            # an UPDATE that moves a row to another partition deletes and inserts it
            return node.event == "update" and trigger.per_row and not trigger.instead and self._is_partition(relation)
        if node.event != "update" or not trigger.columns or node.columns is None:
            return True
        return bool(trigger.columns & (node.columns | relation.generated))

    def _stood_in_for(self, node: Write) -> bool:
        triggers = self.wiring.triggers_of.get(node.relation, ())
        return any(each.instead and node.event in each.events for each in triggers)

    def _is_partition(self, relation: WiredRelation) -> bool:
        return any(each.kind == "partitioned table" for each in self._with_ancestors(relation))

    def _fire(self, step: Step, trigger: WiredTrigger) -> None:
        step.beside += [Call(each) for each in trigger.functions]
        step.add(self.statements.of_expression(trigger.text), quietly=True)

    def _children(self, relation: WiredRelation) -> Iterator[Oid]:
        yield from self.wiring.children.get(relation.oid, ())

    def _with_ancestors(self, relation: WiredRelation) -> Iterator[WiredRelation]:
        """A row of a child is one of its parents'."""
        yield relation
        for parent in relation.parents:
            if parent in self.wiring.relation:
                yield from self._with_ancestors(self.wiring.relation[parent])

    def _follow_children(self, step: Step, node: Write, relation: WiredRelation) -> None:
        reaches = not node.only and (node.event != "insert" or relation.kind == "partitioned table")
        if reaches:
            step.beside += [Write(each, node.event, node.columns, named=False) for each in self._children(relation)]

    def _follow_keys(self, step: Step, node: Write, relation: WiredRelation) -> None:
        for key in self.wiring.keys_to.get(relation.oid, ()):
            event = self._action(key, node, relation)
            if event is not None and key.relation in self.wiring.relation:
                columns = key.columns if event == "update" else None
                step.beside.append(Write(key.relation, event, columns))

    def _action(self, key: WiredKey, node: Write, relation: WiredRelation) -> Event | None:
        """What becomes of the rows that reference the relation."""
        match node.event:
            case "truncate":
                return "truncate"
            case "delete":
                return key.on_delete or None
            case "update" if key.on_update and self._may_change(node, relation) & key.referenced_columns:
                return "update"
        return None

    def _may_change(self, node: Write, relation: WiredRelation) -> frozenset[str]:
        """The columns that are assigned, or computed; all of them where a trigger may have its say before."""
        keys = self.wiring.keys_to.get(relation.oid, ())
        every = frozenset(column for key in keys for column in key.referenced_columns)
        triggers = self.wiring.triggers_of.get(relation.oid, ())
        if node.columns is None or any(each.before_row for each in triggers):
            return every
        return node.columns | relation.generated

    def _follow_values(self, step: Step, node: Write, relation: WiredRelation) -> None:
        """Defaults, checks and expressions of indexes, for the rows that are made."""
        if node.event in ("insert", "update"):
            self._follow_code(step, relation, "value", quietly=True)
            step.beside += [Check(each) for each in relation.types]
        if relation.row_security and node.event != "truncate":
            self._follow_code(step, relation, "policy", quietly=True)
