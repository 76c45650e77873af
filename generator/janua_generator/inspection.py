"""What ``janua inspect`` shows: the analysis as one object whose keys never change within its version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from janua.diagnostics import Diagnostic

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.caching import outdated_by
from janua_generator.diagnostics import GenerationFailed
from janua_generator.memory import digest
from janua_generator.names import function_name
from janua_generator.namespace import Namespace
from janua_generator.package import build_package, python_names, used_types
from janua_generator.pipeline import Analysis
from janua_generator.project import Inputs
from janua_generator.report import VERSION, as_json
from janua_generator.sqlfile.cachepolicy import cache_of
from janua_generator.sqlfile.model import Call, Cardinality, SourceQuery

_LISTS = ("queries", "standard", "errors", "warnings")


def inspection(inputs: Inputs, analysis: Analysis) -> dict[str, Any]:
    """
    Return the analysis of a project, with what is wrong in ``errors`` and the other queries still there.

    Standard calls are apart, in ``standard``: the ``file`` of each is its table.
    """
    namespace = Namespace.of(
        inputs.project, analysis.introspection, used_types(analysis.introspection, analysis.queries)
    )
    cached = [each for each in analysis.queries if cache_of(each.source)]
    return {
        "version": VERSION,
        "schema_hash": inputs.schema_digest,
        "queries": [_query(each, namespace, cached) for each in analysis.queries if not each.source.file.is_made],
        "standard": [_query(each, namespace, cached) for each in analysis.queries if each.source.file.is_made],
        "errors": [as_json(each) for each in (*analysis.errors, *_clashes(inputs, analysis))],
        "warnings": [as_json(each) for each in analysis.warnings],
    }


def merged(parts: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Several packages' analyses as one, each module with its package's import path before its name."""
    if len(parts) == 1:
        return parts[0][1]
    for package, part in parts:
        for query in (*part["queries"], *part["standard"]):
            query["module"] = f"{package}.{query['module']}"
    return {
        "version": VERSION,
        "schema_hash": digest(*(part["schema_hash"] for _, part in parts)),
        **{key: [each for _, part in parts for each in part[key]] for key in _LISTS},
    }


def _clashes(inputs: Inputs, analysis: Analysis) -> Sequence[Diagnostic]:
    """What would keep the queries that are in order from becoming modules."""
    try:
        build_package(inputs.project, analysis.introspection, analysis.queries)
    except GenerationFailed as failure:
        return failure.diagnostics
    return ()


def _query(query: AnalysedQuery, namespace: Namespace, cached: Sequence[AnalysedQuery]) -> dict[str, Any]:
    source = query.source
    parameters, columns = python_names(query, namespace)
    optional = {*query.options.optional, *(query.sets.optional if query.sets is not None else ())}
    return {
        "name": function_name(source.name),
        "module": source.module,
        "file": source.file.path,
        "line": source.line,
        "cardinality": _cardinality(query),
        "inferred": query.inferred,
        "sql": query.sql if query.sets is None else query.sets.sql,
        "doc": source.doc,
        "params": [
            {
                "name": each.name,
                "pg_type": each.type.name,
                "python": python,
                "nullable": each.nullable,
                "optional": each.name in optional,
            }
            for each, python in zip(query.parameters, parameters, strict=True)
        ],
        "order_by": list(query.options.orders),
        "page": list(query.options.page),
        "columns": [
            {
                "name": ".".join((*each.path, each.name)),
                "pg_type": each.type.name,
                "python": python,
                "nullable": each.nullable,
                "why": each.why,
                "table": each.relation,
                "column": each.column,
            }
            for each, python in zip(query.columns, columns, strict=True)
        ],
        "groups": [{"path": list(each.path), "nullable": each.is_optional} for each in query.groups],
        "reads": list(query.dependencies.reads),
        "writes": list(query.dependencies.writes),
        "invalidates": [_name(each.source) for each in outdated_by(query, cached)],
        "volatile": query.dependencies.volatile,
        "unknown_reads": query.dependencies.unknown_reads,
        "unknown_writes": query.dependencies.unknown_writes,
        "obstacles": [{"kind": each.kind, "reason": each.reason} for each in query.dependencies.obstacles],
    }


def _name(source: SourceQuery) -> str:
    return f"{source.module}.{function_name(source.name)}"


def _cardinality(query: AnalysedQuery) -> str:
    call = query.source.call
    return str(call if call in (Call.STREAM, Call.COPY, Call.BATCH) else query.cardinality)


def printed(found: dict[str, Any]) -> str:
    """The same for people: each query with its parameters and columns, and why a column may be None."""
    return "\n".join([*_lines(found), *(_finding_line(each) for each in found["errors"])])


def _lines(found: dict[str, Any]) -> Iterator[str]:
    for query in (*found["queries"], *found["standard"]):
        word = "exec" if query["cardinality"] == Cardinality.NONE else query["cardinality"]
        yield f"{query['module']}.{query['name']} :{word}  ({query['file']}:{query['line']})"
        for each in query["params"]:
            none = " | None" if each["nullable"] else ""
            yield f"    :{each['name']}  {each['pg_type']} → {each['python']}{none}"
        for each in query["columns"]:
            none = " | None" if each["nullable"] else ""
            yield f"    {each['name']}  {each['pg_type']} → {each['python']}{none}  ({each['why']})"
        yield ""


def _finding_line(finding: dict[str, Any]) -> str:
    return f"error: {finding['file']}:{finding['line']}:{finding['column']}: {finding['message']}"
