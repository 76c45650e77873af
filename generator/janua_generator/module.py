"""
One query file as a module: its analysed queries to functions and row classes.

Clashes of names and types that had to become ``str`` are collected, so that all are reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from janua.diagnostics import Diagnostic

from janua_generator import names
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.parameters import Parameter
from janua_generator.annotations import aliases, optional, unshadowed
from janua_generator.imports import DATACLASS, FUTURE, import_block
from janua_generator.model import Field, FunctionModel, ModuleModel, RowClass
from janua_generator.namespace import Namespace
from janua_generator.sqlfile.model import Cardinality, Rule, SourceQuery

_METHODS = {
    Cardinality.ONE: "fetch_one",
    Cardinality.OPTIONAL: "fetch_optional",
    Cardinality.MANY: "fetch_all",
    Cardinality.NONE: "execute",
    Cardinality.AFFECTED: "affected",
}
_IMPORTS = (
    FUTURE,
    "from typing import Final, overload",
    "from janua import AsyncExecutor, Coro, Executor, Query",
    "from . import _types as _t",
)


def module_stem(path: str) -> str:
    """The name of the module that a query file becomes."""
    return names.module_name(PurePosixPath(path).stem)


class QueryModule:
    """Builds the module of one query file, collecting findings as it goes."""

    def __init__(self, namespace: Namespace, path: str) -> None:
        self._namespace = namespace
        self._path = path
        self._stem = module_stem(path)
        self._rows: dict[str, RowClass] = {}
        self._functions: dict[str, tuple[FunctionModel, SourceQuery]] = {}
        self.findings: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []

    def build(self, queries: Iterable[AnalysedQuery]) -> ModuleModel:
        """Return the module of these queries."""
        for query in queries:
            self._add(query)
        rows = tuple(self._rows.values())
        functions = tuple(function for function, _ in self._functions.values())
        return ModuleModel(
            path=PurePosixPath(f"{self._stem}.py"),
            subject=f"Queries on {PurePosixPath(self._path).stem.replace('_', ' ')}",
            source=self._path,
            imports=self._imports(rows, functions),
            rows=rows,
            functions=functions,
        )

    def _imports(self, rows: Iterable[RowClass], functions: Iterable[FunctionModel]) -> tuple[str, ...]:
        annotations = [field.annotation for row in rows for field in row.fields]
        for function in functions:
            annotations += [field.annotation for field in function.parameters]
            annotations += [function.result, function.returns]
        needed = [self._namespace.import_line(alias, None) for alias in aliases(annotations)]
        return import_block([*_IMPORTS, *([DATACLASS] if rows else []), *needed])

    def _add(self, query: AnalysedQuery) -> None:
        name = names.function_name(query.source.name)
        if name in self._functions:
            other = self._functions[name][1]
            message = f"{query.source.name} and {other.name} (line {other.line}) would both be called {name} in Python"
            self.findings.append(query.source.diagnostic(message, hint="rename one of them"))
            return
        function = self._function(name, query)
        if function is not None:
            self._functions[name] = (function, query.source)

    def _function(self, name: str, query: AnalysedQuery) -> FunctionModel | None:
        parameters = tuple(self._parameter(each) for each in query.parameters)
        if not self._are_distinct(query, [each.name for each in parameters], "parameters", "rename one of them"):
            return None
        result, row = self._result(name, query)
        source = query.source
        type_map = self._namespace.type_map
        return FunctionModel(
            name=name,
            constant=names.constant_name(name),
            query_name=f"{self._stem}.{name}",
            doc=source.doc,
            place=f"{source.file.path}:{source.line}",
            parameters=parameters,
            result=result,
            returns=_returns(query.cardinality, result),
            method=_METHODS[query.cardinality],
            sql=query.sql,
            parameter_types=tuple(self._namespace.wire_name(each.type) for each in query.parameters),
            column_types=tuple(self._namespace.wire_name(each.type) for each in query.columns),
            row=row,
            text=not all(type_map.python(each.type).binary for each in query.columns),
        )

    def _parameter(self, parameter: Parameter) -> Field:
        annotation = self._namespace.type_map.python(parameter.type).parameter
        return Field(names.parameter_name(parameter.name), optional(annotation, parameter.nullable))

    def _are_distinct(self, query: AnalysedQuery, identifiers: list[str], what: str, hint: str) -> bool:
        twice = next((each for at, each in enumerate(identifiers) if each in identifiers[:at]), None)
        if twice is None:
            return True
        message = f"two {what} of query {query.source.name} would both be called {twice} in Python"
        self.findings.append(query.source.diagnostic(message, hint=hint))
        return False

    def _result(self, name: str, query: AnalysedQuery) -> tuple[str, str]:
        """The type of a row, and the expression that builds one (empty for a bare value)."""
        if query.cardinality in (Cardinality.NONE, Cardinality.AFFECTED):
            return "None", ""
        annotations = self._annotations(query)
        if len(annotations) == 1:
            return annotations[0], ""
        model = self._namespace.model_of(query, annotations)
        if model is not None:
            return model, model
        return self._row_class(name, query, annotations)

    def _row_class(self, name: str, query: AnalysedQuery, annotations: list[str]) -> tuple[str, str]:
        columns = [_column_name(at, each.name) for at, each in enumerate(query.columns, start=1)]
        if not self._are_distinct(query, columns, "columns", "rename one of them with AS"):
            return "None", ""
        class_name = f"{names.class_name(name)}Row"
        while class_name in self._rows:
            class_name += "_"
        fields = tuple(map(Field, columns, unshadowed(annotations, columns)))
        self._rows[class_name] = RowClass(class_name, f"A row of :func:`{name}`.", fields)
        return class_name, class_name

    def _annotations(self, query: AnalysedQuery) -> list[str]:
        """The types of the columns."""
        annotations = []
        for column in query.columns:
            python = self._namespace.type_map.python(column.type)
            if python.unknown:
                self._warn_unknown(query, column.name, python.unknown)
            annotations.append(optional(python.result, column.nullable))
        return annotations

    def _warn_unknown(self, query: AnalysedQuery, column: str, type_name: str) -> None:
        message = f'column "{column}" of query {query.source.name} has type {type_name}, which is given as str'
        self.warnings += query.source.warning(Rule.UNKNOWN_TYPE, message)


def _column_name(position: int, name: str) -> str:
    return f"column_{position}" if name == "?column?" else names.field_name(name)


def _returns(cardinality: Cardinality, result: str) -> str:
    match cardinality:
        case Cardinality.OPTIONAL:
            return optional(result)
        case Cardinality.MANY:
            return f"list[{result}]"
        case Cardinality.AFFECTED:
            return "int"
        case _:
            return result
