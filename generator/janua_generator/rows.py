"""
What the rows of a query become: a class for the row, one for each nested value, and the function that makes them.

Columns that are exactly a relation's give that relation's model, as a row and as a nested value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from janua_generator import names
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.result import NAMELESS, Group, ResultColumn
from janua_generator.annotations import optional, unshadowed
from janua_generator.classtable import ClassTable
from janua_generator.diagnostics import GenerationFailed
from janua_generator.json_classes import ANY, JsonClasses
from janua_generator.model import Field, Fold, RowClass, RowFunction
from janua_generator.namespace import Namespace


@dataclass(frozen=True, slots=True)
class RowModel:
    """
    What a query gives: the annotation of one result, and what makes it.

    ``row`` builds a result from the columns, ``fold`` the results from all rows; where both are empty, a
    result is the bare value of the only column. ``shapes`` are the types of JSON columns by position.
    """

    result: str
    row: str = ""
    fold: str = ""
    shapes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A column, and the parameter that it is in the function that makes a row."""

    column: ResultColumn
    annotation: str
    parameter: str


@dataclass(frozen=True, slots=True)
class _Node:
    """A row or a nested value; where all parameters ``keys`` are None it is not there, unless there are none."""

    group: Group
    keys: tuple[str, ...] = ()
    members: dict[str, _Member] = field(default_factory=dict)

    def leaves(self) -> Iterator[_Leaf]:
        """All columns in it."""
        for member in self.members.values():
            yield from [member] if isinstance(member, _Leaf) else member.leaves()


_Member: TypeAlias = "_Leaf | _Node"


@dataclass(frozen=True, slots=True)
class _Made:
    """A class by its annotation, and the call that makes an instance."""

    annotation: str
    call: str


class RowMaker:
    """Makes what one query gives; its classes go into ``own``, or into ``shared`` where ``@row`` names the row."""

    def __init__(self, namespace: Namespace, own: ClassTable, shared: ClassTable) -> None:
        self._namespace = namespace
        self._own = own
        self._shared = shared
        self.functions: list[RowFunction] = []
        self.folds: list[Fold] = []

    def model(self, function: str, query: AnalysedQuery) -> RowModel:
        """
        Return what the query gives; ``function`` is what it is called.

        Raises GenerationFailed for two fields of one name, and where ``@row`` names a class of other fields.
        """
        annotations, shapes = self._typed(function, query)
        return replace(self._model(function, query, _tree(query, annotations)), shapes=shapes)

    def _model(self, function: str, query: AnalysedQuery, tree: _Node) -> RowModel:
        is_bare = len(tree.members) == 1 and not query.source.directives_called("row")
        only = next(iter(tree.members.values())) if is_bare else None
        if isinstance(only, _Leaf):
            return RowModel(only.annotation)
        classes = _Classes(self._namespace, self._own, self._shared, query, function)
        if query.nest is not None:
            return self._folded(function, tree, classes, query)
        if only is not None:
            made = classes.of_child(only, "")
            result, expression = optional(made.annotation, bool(only.keys)), _unless_absent(only, made.call)
        else:
            made = classes.of_row(tree)
            result, expression = made.annotation, made.call
        if not query.groups:
            return RowModel(result, result)
        self.functions.append(RowFunction(f"_{function}_row", _parameters(tree), result, expression))
        return RowModel(result, f"_{function}_row")

    def _typed(self, function: str, query: AnalysedQuery) -> tuple[list[str], tuple[tuple[int, str], ...]]:
        """The types of the columns, and those of them that are shapes of JSON by position."""
        row = next(iter(query.source.directives_called("row")), None)
        table = self._shared if row is not None else self._own
        classes = JsonClasses(self._namespace, table, f"JSON that :func:`{function}` gives.")
        base = row.text if row is not None else names.class_name(function)
        annotations: list[str] = []
        shapes: list[tuple[int, str]] = []
        for at, column in enumerate(query.columns):
            annotation = self._namespace.result(column)
            if column.shape is not None and not column.python:
                name = base + "".join(map(names.class_name, (*column.path, column.name)))
                annotation = classes.annotation(column.shape, name)
                shapes += [(at, annotation)] if annotation != ANY else []
            annotations.append(optional(annotation, column.nullable))
        return annotations, tuple(shapes)

    def _folded(self, function: str, tree: _Node, classes: _Classes, query: AnalysedQuery) -> RowModel:
        assert query.nest is not None
        made = classes.of_row(tree)
        child = tree.members[query.nest.name]
        assert isinstance(child, _Node)
        leaves = sorted(tree.leaves(), key=lambda each: int(each.parameter[1:]))
        name = f"_{function}_rows"
        self.folds.append(
            Fold(
                name=name,
                columns=_parameters(tree),
                keys=tuple(Field(leaves[at].parameter, leaves[at].annotation) for at in query.nest.keys),
                result=made.annotation,
                call=made.call,
                member=names.field_name(query.nest.name),
                present=" or ".join(f"{key} is not None" for key in child.keys),
                child=classes.of_child(child, query.nest.name).call,
            )
        )
        return RowModel(made.annotation, fold=name)


class _Classes:
    """The classes of one query's row and of the values nested in it."""

    def __init__(
        self, namespace: Namespace, own: ClassTable, shared: ClassTable, query: AnalysedQuery, function: str
    ) -> None:
        self._namespace = namespace
        self._own = own
        self._shared = shared
        self._query = query
        self._function = function
        self._known: dict[tuple[str, ...], _Made] = {}
        self._row = next(iter(query.source.directives_called("row")), None)
        self._base = self._row.text if self._row else names.class_name(function)

    def of_row(self, tree: _Node) -> _Made:
        """The class of a whole row."""
        name = self._base if self._row else f"{self._base}Row"
        return self._made(tree, name, self._base, f"A row of :func:`{self._function}`.")

    def of_child(self, node: _Node, key: str, base: str = "") -> _Made:
        """The class of a nested value, made once."""
        path = node.group.path
        if path not in self._known:
            is_listed = self._query.nest is not None and path == (self._query.nest.name,)
            name = (base or self._base) + (names.relation_class(key) if is_listed else names.class_name(key))
            self._known[path] = self._made(node, name, name, f"A part of what :func:`{self._function}` gives.")
        return self._known[path]

    def _made(self, node: _Node, name: str, base: str, doc: str) -> _Made:
        fields: list[Field] = []
        arguments: list[str] = []
        for key, member in node.members.items():
            annotation, argument = self._field(key, member, base)
            fields.append(Field(names.field_name(key), annotation))
            arguments.append(argument)
        annotation = self._model(node) or self._class(RowClass(name, doc, self._named(fields)))
        return _Made(annotation, f"{annotation}({', '.join(arguments)})")

    def _field(self, key: str, member: _Member, base: str) -> tuple[str, str]:
        """A field's annotation, and the argument that fills it."""
        if isinstance(member, _Leaf):
            return member.annotation, member.parameter
        made = self.of_child(member, key, base)
        if self._query.nest is not None and member.group.path == (self._query.nest.name,):
            return f"list[{made.annotation}]", "[]"
        return optional(made.annotation, bool(member.keys)), _unless_absent(member, made.call)

    def _named(self, fields: Sequence[Field]) -> tuple[Field, ...]:
        identifiers = [each.name for each in fields]
        twice = next((each for at, each in enumerate(identifiers) if each in identifiers[:at]), None)
        if twice is not None:
            source = self._query.source
            message = f"two columns of query {source.name} would both be called {twice} in Python"
            raise GenerationFailed([source.diagnostic(message, hint="rename one of them with AS")])
        return tuple(map(Field, identifiers, unshadowed([each.annotation for each in fields], identifiers)))

    def _model(self, node: _Node) -> str | None:
        """The model of a table or view that a node is exactly, unless the row has a name of its own."""
        leaves = [each for each in node.members.values() if isinstance(each, _Leaf)]
        is_named = self._row is not None and not node.group.path
        if is_named or len(leaves) != len(node.members):
            return None
        return self._namespace.model_of([each.column for each in leaves], [each.annotation for each in leaves])

    def _class(self, made: RowClass) -> str:
        return self._own.add(made) if self._row is None else self._common(made)

    def _common(self, made: RowClass) -> str:
        """The class that ``@row`` names, or a part of it, which all queries that name it have in common."""
        assert self._row is not None
        model = self._namespace.model_called(made.name)
        doc = made.doc.replace(f":func:`{self._function}`", "several queries")
        fits = model is None or model == [(each.name, each.annotation) for each in made.fields]
        shared = self._shared.share(RowClass(made.name, doc, made.fields)) if model is None else f"_m.{made.name}"
        if shared is None or not fits:
            source = self._query.source
            message = f"query {source.name} has other columns than the class {made.name}, which exists already"
            hint = "give it another name, or the same columns and types in the same order"
            raise GenerationFailed([source.complaint(self._row, message, hint=hint)])
        return shared


def _tree(query: AnalysedQuery, annotations: Sequence[str]) -> _Node:
    root = _Node(Group(()))
    nodes: dict[tuple[str, ...], _Node] = {(): root}
    groups = {group.path: group for group in query.groups}
    for at, (column, annotation) in enumerate(zip(query.columns, annotations, strict=True)):
        for length in range(1, len(column.path) + 1):
            path = column.path[:length]
            if path not in nodes:
                keys = tuple(f"c{key + 1}" for key in groups[path].keys)
                nodes[path] = nodes[path[:-1]].members[path[-1]] = _Node(groups[path], keys)
        name = f"column_{at + 1}" if column.name == NAMELESS else column.name
        nodes[column.path].members[name] = _Leaf(column, annotation, f"c{at + 1}")
    return root


def _unless_absent(node: _Node, call: str) -> str:
    absent = " and ".join(f"{key} is None" for key in node.keys)
    return f"None if {absent} else {call}" if absent else call


def _parameters(tree: _Node) -> tuple[Field, ...]:
    """The columns as parameters: those by which a nested value is known to be absent may be None."""
    keys = {key for node in _nodes(tree) for key in node.group.keys}
    leaves = sorted(tree.leaves(), key=lambda each: int(each.parameter[1:]))
    return tuple(Field(each.parameter, optional(each.annotation, at in keys)) for at, each in enumerate(leaves))


def _nodes(node: _Node) -> Iterator[_Node]:
    yield node
    for member in node.members.values():
        if isinstance(member, _Node):
            yield from _nodes(member)
