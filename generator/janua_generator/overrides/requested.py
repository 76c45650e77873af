"""What a query asks for its own columns and parameters: by ``@json``, or by an override that names the query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from janua.config import Override, suggestion
from janua.diagnostics import Diagnostic

from janua_generator import names
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.parameters import Parameter
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.directives import json_types_of
from janua_generator.sqlfile.model import Directive, SourceQuery

Target: TypeAlias = tuple[str, int]
"""``column`` or ``parameter``, and its position in the query."""


@dataclass(frozen=True, slots=True)
class Request:
    """
    The type of what goes by a name. ``complain`` makes an error of a message and a hint.

    ``is_parameter``: of the parameter of this name, and of no column. ``only_json``: of JSON and nothing else.
    """

    name: str
    python: str
    complain: Callable[[str, str], Diagnostic]
    is_parameter: bool = False
    only_json: bool = False

    def refused(self, message: str, hint: str) -> GenerationFailed:
        """What is raised where it cannot be done."""
        return GenerationFailed([self.complain(message, hint)])


def dotted_name(source: SourceQuery) -> str:
    """What an override calls a query: its module and its function."""
    return f"{source.module}.{names.function_name(source.name)}"


def overrides_of(source: SourceQuery, overrides: Iterable[Override]) -> list[Override]:
    """Those that name the query."""
    named = [each for each in overrides if each.query]
    name = dotted_name(source) if named else ""
    return [each for each in named if each.query == name]


def requests_of(source: SourceQuery, overrides: Iterable[Override], file: str) -> Iterator[Request]:
    """Yield what the query file asks for, and what the configuration ``file`` asks for this query."""
    for directive, name, python in json_types_of(source):
        yield Request(name, python, partial(_at_directive, source, directive), only_json=True)
    for override in overrides:
        key, name = ("parameter", override.parameter) if override.parameter else ("column", override.column)
        place = f'query = "{override.query}", {key} = "{name}"'
        yield Request(name, override.python, partial(_in_configuration, file, place), key == "parameter")


def targets_of(request: Request, query: AnalysedQuery) -> list[Target]:
    """
    Return the columns of this name, and the parameters of it or that meet a table's column of it.

    Raises GenerationFailed where there is none.
    """
    columns = [".".join((*each.path, each.name)) for each in query.columns] if not request.is_parameter else []
    found: list[Target] = [("column", at) for at, name in enumerate(columns) if name == request.name]
    found += [("parameter", at) for at, each in enumerate(query.parameters) if _is_meant(each, request)]
    if not found:
        what = "parameter" if request.is_parameter else "column"
        known = [*columns, *(each.name for each in query.parameters)]
        hint = suggestion(request.name, known).removeprefix("; ") or f"there are {', '.join(known) or 'none'}"
        raise request.refused(f'query {query.source.name} has no {what} "{request.name}"', hint)
    return found


def _is_meant(parameter: Parameter, request: Request) -> bool:
    is_met = not request.is_parameter and any(column == request.name for _, column in parameter.columns)
    return is_met or parameter.name == request.name


def _at_directive(source: SourceQuery, directive: Directive, message: str, hint: str) -> Diagnostic:
    return source.complaint(directive, message, hint=hint)


def _in_configuration(file: str, place: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(file, 0, 0, f"tool.janua.override: {place}: {message}", hint=hint)
