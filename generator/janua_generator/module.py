"""
A query file, a table or both as a module: analysed queries to functions and row classes.

Clashes of names and types that had to become ``str`` are collected, so that all are reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from janua.diagnostics import Diagnostic

from janua_generator import names
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.parameters import Parameter
from janua_generator.annotations import aliases, optional
from janua_generator.caching import changes_settings, check_cache, written_of
from janua_generator.callforms import call_form, sent_parameters, take_sets
from janua_generator.classtable import ClassTable
from janua_generator.diagnostics import GenerationFailed
from janua_generator.imports import DATACLASS, FIELD, FUTURE, LAZY, import_block
from janua_generator.model import CacheModel, Field, FunctionModel, ModuleModel, RowClass
from janua_generator.namespace import Namespace
from janua_generator.overrides.configured import JSON
from janua_generator.replicas import check_replica, replica_of
from janua_generator.rows import RowMaker, RowModel
from janua_generator.source import literal
from janua_generator.sqlfile.cachepolicy import cache_of
from janua_generator.sqlfile.directives import timeout_of
from janua_generator.sqlfile.model import Cardinality, Rule, SourceQuery
from janua_generator.standard.made import left_out
from janua_generator.variantforms import choose_variants, with_default
from janua_generator.variants.ordering import CHOICE

_RUNTIME = {"AsyncExecutor", "Executor", "Query"}


class QueryModule:
    """
    Builds a module of queries, collecting findings as it goes.

    ``name`` is dotted from the package on, ``paths`` say what it is made of. ``cached`` are the tables that cached
    queries read.
    """

    def __init__(
        self, namespace: Namespace, name: str, paths: Sequence[str], shared: ClassTable, cached: frozenset[str]
    ) -> None:
        self._namespace = namespace
        self._paths = paths
        self._cached = cached
        self._name = name
        package = name.rpartition(".")[0]
        self._unit = next(unit for unit in namespace.units if unit.package == package)
        self._classes = ClassTable()
        self._rows = RowMaker(namespace, self._classes, shared)
        self._functions: dict[str, tuple[FunctionModel, SourceQuery]] = {}
        self.findings: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []

    def build(self, queries: Iterable[AnalysedQuery]) -> ModuleModel:
        """Return the module of these queries."""
        for query in queries:
            known = len(self.findings)
            self._add(query)
            if query.source.file.is_made:
                self.warnings += map(left_out, self.findings[known:])
                del self.findings[known:]
        rows = tuple(self._classes.classes.values())
        functions = tuple(function for function, _ in self._functions.values())
        imports, own_modules = self._imports(rows, functions)
        return ModuleModel(
            path=PurePosixPath(*self._name.split(".")).with_suffix(".py"),
            subject=f"Queries on {self._subject()}",
            source=", ".join(self._paths),
            imports=imports,
            own_modules=own_modules,
            rows=rows,
            row_functions=tuple(self._rows.functions),
            folds=tuple(self._rows.folds),
            functions=functions,
        )

    def _subject(self) -> str:
        """What the module is about, in words."""
        path = PurePosixPath(self._paths[0])
        return (path.stem if path.suffix == ".sql" else self._name.rpartition(".")[2]).replace("_", " ")

    def _imports(
        self, rows: Iterable[RowClass], functions: Iterable[FunctionModel]
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        annotations = [field.annotation for row in rows for field in row.fields]
        for function in functions:
            sets = [each for each in (function.sets, function.async_sets) if each is not None]
            annotations += [field.annotation for field in (*function.parameters, *function.choices, *sets)]
            annotations += [function.result, function.returns, function.async_returns]
            annotations += [each for _, each in function.shapes]
            annotations += [function.taken_row.annotation] if function.taken_row is not None else []
        for row_function in self._rows.functions:
            annotations += [row_function.call, *(field.annotation for field in row_function.columns)]
        for fold in self._rows.folds:
            annotations += ["_abc.Iterable", fold.call, fold.child, *(field.annotation for field in fold.columns)]
        needed, own_modules = self._namespace.imports(aliases(annotations), self._unit)
        fields = [FIELD] if any(field.key for row in rows for field in row.fields) else []
        lazy = LAZY if own_modules else ()
        common = _common_imports(functions, ".." if self._unit.package else ".")
        lines = [*common, *lazy, *([DATACLASS] if rows else []), *fields, *needed]
        return import_block(lines), own_modules

    def _add(self, query: AnalysedQuery) -> None:
        name = names.function_name(query.source.name)
        while query.source.file.is_sqlc and name in self._functions:
            if self._functions[name][1].name == query.source.name:
                break
            # its names differ in letter case, too
            name += "_"
        if name in self._functions:
            other = self._functions[name][1]
            if other.file != query.source.file and not (other.file.is_sqlc or other.file.is_made):
                # That two files would become this module is told already, and is what to mend.
                return
            message = f"{query.source.name} and {other.name} (line {other.line}) would both be called {name} in Python"
            self.findings.append(query.source.diagnostic(message, hint="rename one of them"))
            return
        function = self._function(name, query)
        if function is not None:
            self._functions[name] = (function, query.source)

    def _function(self, name: str, query: AnalysedQuery) -> FunctionModel | None:
        parameters = tuple(self._parameter(each) for each in query.parameters)
        if query.source.file.is_sqlc:
            # @userName and sqlc.arg('userName') are two
            distinct = names.distinct(each.name for each in parameters)
            parameters = tuple(Field(name, each.annotation) for name, each in zip(distinct, parameters, strict=True))
        choices, variants = choose_variants(query, parameters)
        parameters = tuple(with_default(query, *each) for each in zip(query.parameters, parameters, strict=True))
        named = [each.name for each in (*parameters, *choices)]
        if not self._are_distinct(query, named, "parameters", "rename one of them"):
            return None
        row = self._row(name, query)
        if row is None:
            return None
        self._warn_unknown(query)
        errors, warnings = check_replica(query)
        self.findings += [*errors, *check_cache(query)]
        self.warnings += warnings
        source = query.source
        type_map = self._namespace.type_map
        taken = take_sets(name, query, parameters, self._classes, self._namespace)
        form = call_form(query, row.result)
        # of a page: the keys of the cursor and the limit, and the keys of each row
        keys = ("text",) * len(query.options.page)
        return FunctionModel(
            name=name,
            constant=names.constant_name(name),
            query_name=f"{self._name}.{name}",
            doc=source.doc,
            place=_place(source),
            parameters=taken.shared,
            result=row.result,
            returns=form.returns,
            async_returns=form.async_returns,
            method=form.method,
            sql=query.sql if query.sets is None else query.sets.sql,
            parameter_types=(*taken.types, *keys, "bigint") if keys else taken.types,
            column_types=(*(self._namespace.wire_name(each.type) for each in query.columns), *keys),
            row=row.row,
            fold=row.fold,
            shapes=row.shapes,
            columns_as=tuple((at, literal(each.python)) for at, each in enumerate(query.columns) if each.python),
            own_parameters=tuple(at for at, each in enumerate(sent_parameters(query)) if self._is_dumped(each)),
            text=not all(type_map.python(each.type).binary for each in query.columns),
            timeout=timeout_of(source),
            replica=replica_of(source),
            cache=_cache(query),
            writes=written_of(query, self._cached),
            changes_settings=changes_settings(query),
            sets=taken.sets,
            async_sets=taken.async_sets,
            attributes=taken.attributes,
            elements=taken.elements,
            choices=choices,
            variants=variants,
            taken_row=self._taken_row(source),
            row_fields=source.row_fields,
        )

    def _taken_row(self, source: SourceQuery) -> Field | None:
        """The row that the function takes in place of its parameters."""
        if not source.row_fields:
            return None
        model = self._namespace.model_class(source.file.path)
        return Field(names.parameter_name(names.snake_case(model.rpartition(".")[2])), model)

    def _is_dumped(self, parameter: Parameter) -> bool:
        """Whether its values are of a class that is not sent as it is; JSON is made of any."""
        return ":" in parameter.python and self._namespace.wire_name(parameter.type).removesuffix("[]") not in JSON

    def _parameter(self, parameter: Parameter) -> Field:
        annotation = self._namespace.parameter(parameter)
        return Field(names.parameter_name(parameter.name), optional(annotation, parameter.nullable))

    def _are_distinct(self, query: AnalysedQuery, identifiers: list[str], what: str, hint: str) -> bool:
        twice = next((each for at, each in enumerate(identifiers) if each in identifiers[:at]), None)
        if twice is None:
            return True
        message = f"two {what} of query {query.source.name} would both be called {twice} in Python"
        self.findings.append(query.source.diagnostic(message, hint=hint))
        return False

    def _row(self, name: str, query: AnalysedQuery) -> RowModel | None:
        """What the query gives; None where that is a finding."""
        if query.cardinality in (Cardinality.NONE, Cardinality.AFFECTED):
            return RowModel("None")
        try:
            return self._rows.model(name, query)
        except GenerationFailed as failure:
            self.findings += failure.diagnostics
            return None

    def _warn_unknown(self, query: AnalysedQuery) -> None:
        """Once for each type."""
        named = [("column", each.name, each.type) for each in query.columns if not each.python]
        named += [("parameter", each.name, each.type) for each in query.parameters if not each.python]
        first: dict[str, str] = {}
        for what, name, type_ in named:
            first.setdefault(self._namespace.type_map.python(type_).unknown, f'{what} "{name}"')
        for unknown, place in first.items():
            if unknown:
                message = f"{place} of query {query.source.name} has the type {unknown}, which is given as str"
                hint = 'where that is meant, write "-- @allow unknown-type" below its name'
                self.warnings += query.source.warning(Rule.UNKNOWN_TYPE, message, hint=hint)


def _place(source: SourceQuery) -> str:
    if source.file.is_made:
        return f"A standard call of ``{source.file.path}``."
    return f"SQL: {source.file.path}:{source.line}"


def _cache(query: AnalysedQuery) -> CacheModel | None:
    request = cache_of(query.source)
    if request is None:
        return None
    return CacheModel(request.ttl, query.dependencies.reads, request.stale, request.settings)


def _common_imports(functions: Iterable[FunctionModel], package: str) -> Iterator[str]:
    """What every module needs, and what those with variants do."""
    names_, typing = set(_RUNTIME), {"Final", "overload"}
    for function in functions:
        names_ |= {"Coro"} if "Coro[" in function.async_returns else set()
        names_ |= {"CachePolicy"} if function.cache is not None else set()
        if function.variants is not None:
            kind = {"RowVariants"} if function.sets else {"Page", "Pages"} if function.variants.keys else {"Variants"}
            names_ |= {"Clause"} | kind
            has_defaults = bool(function.sets) or any(each.default for each in function.parameters)
            names_ |= {"UNSET", "Unset"} if has_defaults else set()
            typing |= {"Literal"} if any(each.name == CHOICE for each in function.choices) else set()
    # constants, classes, functions, as isort has it
    listed = ", ".join(sorted(names_, key=lambda each: (not each.isupper(), each)))
    yield from (FUTURE, f"from {package} import _types as _t", f"from janua import {listed}")
    yield f"from typing import {', '.join(sorted(typing))}"
