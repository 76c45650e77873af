"""The relations that a statement names, and what it does to each: by its tree, or by its words alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from janua_generator.analysis.dependencies.lexemes import Lexeme, qualifier, text_at, words
from janua_generator.analysis.dependencies.vocabulary import RESERVED
from janua_generator.analysis.syntax import alias_of, name_of
from janua_generator.analysis.targets import target_of
from janua_generator.catalog.wiring import Event

_WRITING = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
ROW_EVENTS: tuple[Event, ...] = ("insert", "update", "delete")

# Utility statements that name what they change, and the words that stand right before it there.
_UTILITIES = frozenset({"truncate", "copy", "refresh", "alter", "drop"})
_BEFORE_CHANGED = frozenset({"truncate", "copy", "table", "exists", "view", "concurrently", "binary", ",", "*"})


@dataclass(frozen=True, slots=True)
class Touch:
    """
    A relation by the name that was written.

    ``event`` is empty for a read; ``columns`` are those that an UPDATE assigns, None where they are
    not known. ``only`` leaves out what inherits from it.
    """

    name: str
    schema: str = ""
    event: Event | None = None
    columns: frozenset[str] | None = None
    only: bool = False


def touches_by_tree(tree: exp.Expr) -> Iterator[Touch]:
    """What a statement reads and writes that sqlglot understands."""
    targets: set[int] = set()
    # breadth first: a statement is met before its target
    for node in tree.find_all(*_WRITING, exp.Table):
        if not isinstance(node, exp.Table):
            target = target_of(node)
            if target is not None:
                targets.add(id(target))
                yield from _written(node, target)
        elif id(node) not in targets and _is_read(node):
            yield _touch(node)


def _is_read(table: exp.Table) -> bool:
    """Whether it is a relation: no function, no alias in FOR UPDATE OF, no CTE."""
    return isinstance(table.this, exp.Identifier) and not isinstance(table.parent, exp.Lock) and not _is_cte(table)


def _touch(table: exp.Table, event: Event | None = None, columns: frozenset[str] | None = None) -> Touch:
    schema = name_of(table.args["db"]) if table.args.get("db") else ""
    return Touch(name_of(table.this), schema, event, columns, bool(table.args.get("only")))


def _written(statement: exp.Expr, target: exp.Table) -> Iterator[Touch]:
    match statement:
        case exp.Insert():
            yield _touch(target, "insert")
            conflict = statement.args.get("conflict")
            if conflict is not None:
                # which rows are inserted depends on those that are there
                yield _touch(target)
                if conflict.expressions:
                    yield _touch(target, "update", _assigned(conflict.expressions))
        case exp.Update():
            yield _touch(target, "update", _assigned(statement.expressions))
        case exp.Delete():
            yield _touch(target, "delete")
        case _:
            yield _touch(target)
            for event in ROW_EVENTS:
                yield from _merged(statement, target, event)


def _merged(merge: exp.Expr, target: exp.Table, event: Event) -> Iterator[Touch]:
    actions = [when.args.get("then") for when in merge.find_all(exp.When)]
    if event == "update":
        assigned = [each for action in actions if isinstance(action, exp.Update) for each in action.expressions]
        if assigned:
            yield _touch(target, event, _assigned(assigned))
    elif event == "insert":
        if any(isinstance(action, exp.Insert) for action in actions):
            yield _touch(target, event)
    elif any(not isinstance(action, (exp.Insert, exp.Update)) for action in actions):
        # DELETE, or DO NOTHING
        yield _touch(target, event)


def _assigned(assignments: Iterable[exp.Expr]) -> frozenset[str] | None:
    found: set[str] = set()
    for each in assignments:
        if not isinstance(each, exp.EQ):
            return None
        places = each.this.expressions if isinstance(each.this, exp.Tuple) else [each.this]
        for place in places:
            identifiers = [place] if isinstance(place, exp.Identifier) else list(place.find_all(exp.Identifier))
            # of `composite.field = 1` and `array[i] = 1` it is not told which is the column
            found |= {name_of(identifier) for identifier in identifiers}
    return frozenset(found)


def _is_cte(table: exp.Table) -> bool:
    """Whether the name means a CTE there: one around it, and in a WITH that is not RECURSIVE one further up."""
    if table.args.get("db"):
        return False
    name = name_of(table.this)
    child: exp.Expr = table
    node = table.parent
    while node is not None:
        with_ = child if isinstance(child, exp.With) else node.args.get("with_")
        visible: Sequence[exp.Expr] = ()
        if isinstance(node, exp.With):
            every = node.expressions
            at = next(at for at, cte in enumerate(every) if cte is child)
            visible = every if node.args.get("recursive") else every[:at]
        elif isinstance(with_, exp.With) and with_ is not child:
            visible = with_.expressions
        if any(alias_of(cte) == name for cte in visible):
            return True
        child, node = node, node.parent
    return False


def loses_names(tree: exp.Expr, lexemes: Sequence[Lexeme], is_relation: Callable[[str], bool]) -> bool:
    """Whether a relation's name stands in the text and not in the tree: sqlglot has misread something."""
    wanted: dict[str, int] = {}
    for at, _, name in _names(lexemes, is_relation):
        if text_at(lexemes, at + 1) != "(":
            wanted[name] = wanted.get(name, 0) + 1
    if wanted:
        for identifier in tree.find_all(exp.Identifier):
            name = name_of(identifier)
            if name in wanted:
                wanted[name] -= 1
    return any(count > 0 for count in wanted.values())


def _names(lexemes: Sequence[Lexeme], is_relation: Callable[[str], bool]) -> Iterator[tuple[int, Lexeme, str]]:
    for at, each in enumerate(lexemes):
        if each.word and each.text not in RESERVED and is_relation(each.word):
            yield at, each, each.word


def touches_by_words(lexemes: Sequence[Lexeme], is_relation: Callable[[str], bool]) -> Iterator[Touch]:
    """
    What any text may read and write, if it has SQL in it: every relation whose name occurs is read.

    Written is one whose name stands where the grammar has the target of a statement that writes.
    As a qualifier (``users.id``) or a type (``users%ROWTYPE``) a name alone touches nothing.
    """
    said = set(words(lexemes))
    for at, _, name in _names(lexemes, is_relation):
        if text_at(lexemes, at + 1) in (".", "%"):
            continue
        schema, start = qualifier(lexemes, at)
        events = _events(lexemes, start, said)
        for event in events:
            yield Touch(name, schema, event)
        if events != ("insert",):
            yield Touch(name, schema)


def _events(lexemes: Sequence[Lexeme], start: int, said: set[str]) -> tuple[Event, ...]:
    """What is done to the relation whose name begins there."""
    before = start - 1
    if text_at(lexemes, before) == "(" and text_at(lexemes, before - 1) == "only":
        before -= 1
    if text_at(lexemes, before) == "only":
        before -= 1
    word, earlier = text_at(lexemes, before), text_at(lexemes, before - 1)
    if word == "into":
        if earlier == "merge":
            return ROW_EVENTS
        return ("insert", "update") if "conflict" in said else ("insert",)
    if word == "update":
        return ("update",)
    if word == "from" and earlier == "delete":
        return ("delete",)
    if said & _UTILITIES and word in _BEFORE_CHANGED:
        events: tuple[Event, ...] = ROW_EVENTS
        events += ("truncate",) if "truncate" in said else ()
        return events + (("refresh",) if "refresh" in said else ())
    return ()
