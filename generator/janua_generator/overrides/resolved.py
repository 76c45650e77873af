"""
Which type each column and parameter has, as ``module:Name``.

What a query asks for goes before what is asked for a column of a table or view, and that before what is
asked for all values of a type. Views, subqueries and CTEs pass the type of a column on with its values.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from janua.config import Override, Project, suggestion
from janua.errors import ConfigError

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.parameters import Parameter
from janua_generator.analysis.result import ResultColumn
from janua_generator.analysis.statements import homes_of
from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Column, PgType
from janua_generator.overrides.configured import CONTAINERS, JSON, Configured, Place
from janua_generator.overrides.requested import Request, Target, dotted_name, overrides_of, requests_of, targets_of
from janua_generator.sqlfile.model import SourceQuery

_TEXTS = frozenset({"text", "character varying", "character"})
"""Types for each of which the server takes a parameter as text."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """
    What the configuration asks for: by relation and column, by the name of a type, and of queries.

    ``file`` is the configuration's name in findings. ``are_domains_types``: a domain is a type of its own, which
    an override of its base leaves alone.
    """

    introspection: Introspection
    columns: Mapping[Place, str]
    types: Mapping[str, str]
    queries: Sequence[Override]
    file: str = "pyproject.toml"
    are_domains_types: bool = False

    @classmethod
    def of(cls, project: Project, introspection: Introspection) -> Overrides:
        """Find what the overrides of a project mean. Raises ConfigError as :meth:`Configured.take` does."""
        file = os.path.relpath(project.configuration, project.root)
        found = Configured(introspection, file, is_lenient=project.sqlc)
        for override in project.override:
            found.take(override)
        return cls(introspection, found.columns, found.types, found.queries, file, project.domains == "newtype")

    def check_queries(self, sources: Iterable[SourceQuery]) -> None:
        """Raise ConfigError where an override names a query that is not among these."""
        known = [dotted_name(source) for source in sources] if self.queries else []
        for override in self.queries:
            if override.query not in known:
                name = override.query
                message = f'query = "{name}": there is no such query{suggestion(name, known)}'
                raise ConfigError(f"{self.file}: tool.janua.override: {message}")

    def of_column(self, relation: str, column: Column) -> str:
        """The type of a relation's column: nothing where it is the usual one."""
        return self._of_place((relation, column.name)) or self._of_type(self._named(column.type))

    def applied(self, query: AnalysedQuery) -> AnalysedQuery:
        """
        Return the query with the types of its columns and parameters.

        Raises GenerationFailed where one is asked for what it does not have.
        """
        asked = self._asked(query)
        columns = [asked.get(("column", at)) or self._of_result(each) for at, each in enumerate(query.columns)]
        parameters = [
            asked.get(("parameter", at)) or self._of_parameter(each) for at, each in enumerate(query.parameters)
        ]
        if not any((*columns, *parameters)):
            return query
        return replace(
            query,
            columns=tuple(replace(each, python=it) for each, it in zip(query.columns, columns, strict=True)),
            parameters=tuple(replace(each, python=it) for each, it in zip(query.parameters, parameters, strict=True)),
        )

    def _asked(self, query: AnalysedQuery) -> dict[Target, str]:
        asked: dict[Target, str] = {}
        named: set[Target] = set()
        requests = requests_of(query.source, overrides_of(query.source, self.queries), self.file)
        for request in sorted(requests, key=lambda each: not each.is_parameter):
            found = targets_of(request, query)
            # a column's name means the parameter, too, unless that is named itself
            named |= set(found) if request.is_parameter else set()
            targets = {each: _type_of(each, query) for each in found if request.is_parameter or each not in named}
            if request.only_json:
                # another parameter may have the name of the column
                targets = {each: type_ for each, type_ in targets.items() if self._is_json(type_)} or targets
            for target, type_ in targets.items():
                self._check(request, target in asked, type_)
                asked[target] = request.python
        return asked

    def _is_json(self, type_: PgType) -> bool:
        return self._wire_name(type_.name).removesuffix("[]") in JSON

    def _check(self, request: Request, is_given: bool, type_: PgType) -> None:
        if is_given:
            raise request.refused(f'"{request.name}" is given a type twice', "leave one of them")
        is_json = self._is_json(type_)
        if request.only_json and not is_json:
            hint = "an override in the configuration takes any type"
            raise request.refused(f'"{request.name}" is {type_.name} and no JSON', hint)
        if request.python in CONTAINERS and not is_json:
            message = f"Python's {request.python} does not tell what is in it"
            raise request.refused(message, "name a type alias that does")

    def _of_result(self, column: ResultColumn) -> str:
        relation = self.introspection.catalog.by_qualified_name.get(column.relation)
        origin = relation.by_name.get(column.column) if relation is not None else None
        if origin is not None and (found := self._of_place((column.relation, column.column))):
            return found
        if column.shape is not None:
            return ""
        return self._of_type(self._named(origin.type) if origin is not None else column.type)

    def _of_parameter(self, parameter: Parameter) -> str:
        """What all columns have that it meets, else what its type has."""
        found = {self._of_place(each) if self._fits(parameter.type, each) else "" for each in parameter.columns}
        python = found.pop() if len(found) == 1 else ""
        met = self._named(parameter.meets if parameter.columns else "")
        is_domains = met.kind == "domain" and self._is_sent_as(parameter.type, met.name)
        return python or self._of_type(met if is_domains else parameter.type)

    def _fits(self, type_: PgType, place: Place) -> bool:
        relation, column = place
        return self._is_sent_as(type_, self.introspection.catalog.by_qualified_name[relation].by_name[column].type)

    def _is_sent_as(self, type_: PgType, declared: str) -> bool:
        """Whether a parameter's type is that of a column, or an array of it, as ``= ANY`` takes."""
        sent, expected = self._wire_name(type_.name), self._wire_name(declared)
        if {sent.removesuffix("[]"), expected.removesuffix("[]")} <= _TEXTS:
            return sent.endswith("[]") or not expected.endswith("[]")
        return sent in (expected, f"{expected}[]")

    def _of_place(self, place: Place) -> str:
        """What is asked for a column, or for the one that a view passes on."""
        if not self.columns:
            return ""
        while place not in self.columns:
            relation = self.introspection.catalog.by_qualified_name.get(place[0])
            home = homes_of(relation, self.introspection).get(place[1]) if relation and relation.is_view else None
            if home is None:
                return ""
            place = home.relation.qualified, home.column
        return self.columns[place]

    def _of_type(self, type_: PgType) -> str:
        """What is asked for the values of a type, or for the elements of an array."""
        if not self.types or type_.name in self.types:
            return self.types.get(type_.name, "")
        inner = type_.element if type_.kind == "array" else type_.base
        is_final = not inner or (type_.kind == "domain" and self.are_domains_types)
        return "" if is_final else self._of_type(self._named(inner))

    def _named(self, name: str) -> PgType:
        return self.introspection.types.get(name) or PgType(name=name, schema="", typname=name, kind="base")

    def _wire_name(self, name: str) -> str:
        """The type as its values travel: without domains."""
        type_ = self._named(name)
        if type_.kind == "domain":
            return self._wire_name(type_.base)
        return f"{self._wire_name(type_.element)}[]" if type_.kind == "array" else name


def _type_of(target: Target, query: AnalysedQuery) -> PgType:
    kind, at = target
    return query.columns[at].type if kind == "column" else query.parameters[at].type
