"""
The catalog as SQL that is read by people, and loads into an empty database of the same version.

Objects are ordered by kind and name, and what needs others comes after them: a table's parents,
a composite's parts and a view's tables before it, foreign keys and policies last. What the
catalog does not hold (operators, aggregates, privileges, foreign servers) is not there either.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from janua_generator.catalog.identifiers import literal, quoted
from janua_generator.catalog.model import Catalog, Column, Constraint, Function, PgType, Relation

T = TypeVar("T")

_INTEGERS = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}


def to_sql(catalog: Catalog, heading: str) -> str:
    """Return the schema, ``heading`` as a comment above it."""
    tables = [each for each in catalog.relations if not each.is_view]
    views = [each for each in catalog.relations if each.is_view]
    early, late = _split_functions(catalog)
    blocks = [f"-- {heading}"]
    # bodies may name what comes later
    blocks += [f"SET check_function_bodies = off;\nSET search_path = {', '.join(map(quoted, catalog.schemas))};"]
    blocks += [f"CREATE SCHEMA {quoted(schema)};" for schema in catalog.schemas if schema != "public"]
    blocks += [
        f"CREATE EXTENSION {quoted(each.name)} WITH SCHEMA {quoted(each.schema)};" for each in catalog.extensions
    ]
    blocks += [_type(each) for each in _ordered(catalog.types, _type_key, _type_parts)]
    blocks += [f"{each.definition};" for each in catalog.sequences]
    blocks += [_function(each) for each in early]
    blocks += [_relation(each, _table(each)) for each in _ordered(tables, _relation_key, _tables_within(catalog))]
    blocks += [_function(each) for each in late]
    blocks += [_relation(each, _view(each)) for each in _ordered(views, _relation_key, _views_within(views))]
    blocks += _foreign_keys(tables)
    blocks += ["\n".join(f"{policy.definition};" for policy in each.policies) for each in tables if each.policies]
    return "\n\n".join(blocks) + "\n"


def _ordered(items: Iterable[T], key: Callable[[T], str], needs: Callable[[T], Iterable[str]]) -> list[T]:
    """The items in their order, each after those whose keys it needs."""
    by_key = {key(item): item for item in items}
    found: dict[str, T] = {}
    visiting: set[str] = set()

    def visit(name: str) -> None:
        if name not in by_key or name in found or name in visiting:
            return
        visiting.add(name)
        for need in needs(by_key[name]):
            visit(need)
        found[name] = by_key[name]

    for name in by_key:
        visit(name)
    return list(found.values())


def _type_key(type_: PgType) -> str:
    return type_.name


def _type_parts(type_: PgType) -> list[str]:
    parts = [type_.base, type_.subtype, *(each for _, each in type_.fields)]
    return [part.removesuffix("[]") for part in parts]


def _relation_key(relation: Relation) -> str:
    return relation.qualified


def _tables_within(catalog: Catalog) -> Callable[[Relation], list[str]]:
    """A table's parents, and the tables whose rows are its columns' values."""

    def within(table: Relation) -> list[str]:
        types = [column.type.removesuffix("[]").replace('"', "") for column in table.columns]
        return [*table.parents, *types, *(f"{schema}.{each}" for each in types for schema in catalog.schemas)]

    return within


def _views_within(views: Iterable[Relation]) -> Callable[[Relation], list[str]]:
    """The views that a view's definition speaks of: a name in it may mean something else, which does no harm."""
    patterns = {each.qualified: re.compile(rf"(?<!\w){re.escape(quoted(each.name))}(?!\w)") for each in views}

    def within(view: Relation) -> list[str]:
        return [name for name, pattern in patterns.items() if pattern.search(view.definition)]

    return within


def _split_functions(catalog: Catalog) -> tuple[list[Function], list[Function]]:
    """Those that defaults, checks and triggers may call, and those that need the tables."""
    names = "|".join(re.escape(quoted(each.name)) for each in catalog.relations)
    speaks_of_table = re.compile(rf"(?<!\w)(?:{names})(?!\w)") if names else re.compile(r"(?!)")
    early: list[Function] = []
    late: list[Function] = []
    for function in catalog.functions:
        if function.definition:
            head, _, body = function.definition.partition("\nAS ")
            is_late = not body or speaks_of_table.search(head) is not None
            (late if is_late else early).append(function)
    return early, late


def _type(type_: PgType) -> str:
    name = quoted(type_.schema, type_.typname)
    match type_.kind:
        case "enum":
            labels = ",\n".join(f"    {literal(label)}" for label in type_.labels)
            text = f"CREATE TYPE {name} AS ENUM (\n{labels}\n);"
        case "composite":
            fields = ",\n".join(f"    {quoted(field)} {type_name}" for field, type_name in type_.fields)
            text = f"CREATE TYPE {name} AS (\n{fields}\n);"
        case "range":
            text = f"CREATE TYPE {name} {type_.definition};"
        case _:
            text = f"CREATE DOMAIN {name} {type_.definition};"
    kind = "DOMAIN" if type_.kind == "domain" else "TYPE"
    return _commented(f"{kind} {name}", type_.comment, text)


def _function(function: Function) -> str:
    kind = "PROCEDURE" if function.kind == "procedure" else "FUNCTION"
    target = f"{kind} {quoted(function.schema, function.name)}({function.arguments})"
    return _commented(target, function.comment, f"{function.definition.strip()};")


def _relation(relation: Relation, text: str) -> str:
    """A table or view with all that belongs to it alone."""
    lines = [text]
    lines += [f"{index.definition};" for index in relation.indexes]
    lines += [f"{trigger.definition};" for trigger in relation.triggers]
    if relation.row_security:
        lines.append(f"ALTER TABLE {_name(relation)} ENABLE ROW LEVEL SECURITY;")
    lines += _comments(relation)
    return "\n".join(lines)


def _name(relation: Relation) -> str:
    return quoted(relation.schema, relation.name)


def _view(relation: Relation) -> str:
    body = textwrap.indent(textwrap.dedent(relation.definition).strip(), "    ")
    return f"CREATE {relation.kind.upper()} {_name(relation)} AS\n{body}"


def _table(relation: Relation) -> str:
    parents = [quoted(*parent.split(".", 1)) for parent in relation.parents]
    split = f" PARTITION BY {relation.partition_key}" if relation.partition_key else ""
    if relation.partition_bound:
        bound = f"{relation.partition_bound}{split}"
        return f"CREATE TABLE {_name(relation)} PARTITION OF {parents[0]}\n    {bound};"
    parts = [f"    {_column(relation, column)}" for column in relation.columns]
    parts += [f"    {_constraint(each)}" for each in relation.constraints if each.kind != "foreign key"]
    inherits = f" INHERITS ({', '.join(parents)})" if parents else ""
    body = ",\n".join(parts)
    keyword = "FOREIGN TABLE" if relation.kind == "foreign table" else "TABLE"
    return f"CREATE {keyword} {_name(relation)} (\n{body}\n){inherits}{split};"


def _constraint(constraint: Constraint) -> str:
    return f"CONSTRAINT {quoted(constraint.name)} {constraint.definition}"


def _column(relation: Relation, column: Column) -> str:
    words = [quoted(column.name), column.declared]
    serial = f"nextval('{quoted(f'{relation.name}_{column.name}_seq')}'::regclass)"
    if column.default == serial and column.declared in _INTEGERS:
        # with its own sequence, which the catalog does not list
        return f"{words[0]} {_INTEGERS[column.declared]}"
    if column.collation:
        words.append(f"COLLATE {column.collation}")
    if column.generated:
        words.append(f"GENERATED ALWAYS AS ({column.default}) {column.generated.upper()}")
    elif column.identity:
        words.append(f"GENERATED {column.identity.upper()} AS IDENTITY")
    elif column.default:
        words.append(f"DEFAULT {column.default}")
    if column.not_null:
        words.append("NOT NULL")
    return " ".join(words)


def _foreign_keys(tables: Iterable[Relation]) -> Iterator[str]:
    for table in tables:
        keys = [each for each in table.constraints if each.kind == "foreign key"]
        if keys:
            additions = ",\n".join(f"    ADD {_constraint(each)}" for each in keys)
            yield "\n".join([f"ALTER TABLE {_name(table)}\n{additions};", *_constraint_comments(table, keys)])


def _comments(relation: Relation) -> Iterator[str]:
    kind = relation.kind.upper().replace("PARTITIONED ", "")
    if relation.comment:
        yield f"COMMENT ON {kind} {_name(relation)} IS {literal(relation.comment)};"
    for column in relation.columns:
        if column.comment:
            target = quoted(relation.schema, relation.name, column.name)
            yield f"COMMENT ON COLUMN {target} IS {literal(column.comment)};"
    yield from _constraint_comments(relation, [each for each in relation.constraints if each.kind != "foreign key"])


def _constraint_comments(relation: Relation, constraints: Iterable[Constraint]) -> Iterator[str]:
    for each in constraints:
        if each.comment:
            yield f"COMMENT ON CONSTRAINT {quoted(each.name)} ON {_name(relation)} IS {literal(each.comment)};"


def _commented(target: str, comment: str, text: str) -> str:
    return f"{text}\nCOMMENT ON {target} IS {literal(comment)};" if comment else text
