"""
Expand ``*`` to the columns that it meant when the code was generated.

So ADD COLUMN breaks no running service. The author's text keeps everything but the star
itself; what it expands to is checked against the server's own description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from janua.lexer import TRIVIA, Kind, Token, tokenize
from sqlglot import exp

from janua_generator.analysis import statements
from janua_generator.analysis.scope import Environment, Scope
from janua_generator.analysis.syntax import is_star, name_of
from janua_generator.describe import DescribedQuery
from janua_generator.sqlfile.embeds import is_embed, name_in
from janua_generator.sqlfile.model import SourceQuery, Splice

_LIST_ENDS = frozenset(
    ("from", "where", "group", "having", "window", "union", "intersect", "except", "order", "limit", "offset",
     "fetch", "for", "into")
)  # fmt: skip
_SIMPLE = re.compile(r"[a-z_][a-z0-9_]*")
_RESERVED = frozenset(
    (
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
        "binary", "both", "case", "cast", "check", "collate", "collation", "column", "concurrently",
        "constraint", "create", "cross", "current_catalog", "current_date", "current_role", "current_schema",
        "current_time", "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do",
        "else", "end", "except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group",
        "having", "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral",
        "leading", "left", "like", "limit", "localtime", "localtimestamp", "natural", "not", "notnull", "null",
        "offset", "on", "only", "or", "order", "outer", "overlaps", "placing", "primary", "references",
        "returning", "right", "select", "session_user", "similar", "some", "symmetric", "system_user", "table",
        "tablesample", "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic",
        "verbose", "when", "where", "window", "with",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expansion:
    """
    What stars stand for: a splice for each, and which columns of the result each embed has.

    ``starred`` are the columns of the result that a star or an embed gives, by position from 0;
    ``embedded`` are (the relation's name, first column, column behind the last).
    """

    splices: tuple[Splice, ...] = ()
    starred: frozenset[int] = frozenset()
    embedded: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """The span of a star in the file, and the relation of the embed that it is."""

    start: int
    end: int
    embed: str


def expand_stars(tree: exp.Expr, described: DescribedQuery, environment: Environment) -> Expansion:
    """Return what each star of the statement's result means; nothing where it cannot be told for sure."""
    lists = _result_lists(tree)
    if not any(is_star(item) for items, _ in lists for item in items):
        return Expansion()
    branches = [_expanded(tree, items, statement, environment) for items, statement in lists]
    known = [branch for branch in branches if branch is not None]
    if len(known) != len(branches) or any(len(_names(each)) != len(described.columns) for each in known):
        return Expansion()
    expansions = [columns for branch in known for is_expanded, columns in branch if is_expanded]
    places = _star_places(described.parsed.source, returning=not isinstance(tree, exp.Query))
    if len(places) != len(expansions) or not _agree(_names(known[0]), described):
        return Expansion()
    splices = tuple(
        Splice(place.start, place.end, ", ".join(columns)) for place, columns in zip(places, expansions, strict=True)
    )
    starred = [is_expanded for is_expanded, columns in known[0] for _ in columns]
    return Expansion(
        splices, frozenset(at for at, each in enumerate(starred) if each), tuple(_embedded(known[0], places))
    )


def _expanded(
    tree: exp.Expr, items: list[exp.Expr], statement: exp.Expr, environment: Environment
) -> list[tuple[bool, list[str]]] | None:
    """The columns of each item of a list, and whether it is a star; None where one cannot be told."""
    scope = Scope(environment)
    _enter(tree, statement, scope)
    found = [(is_star(item), _columns(item, scope)) for item in items]
    return None if any(columns is None for _, columns in found) else [(star, names or []) for star, names in found]


def _names(branch: list[tuple[bool, list[str]]]) -> list[str]:
    return [name for _, columns in branch for name in columns]


def _embedded(branch: list[tuple[bool, list[str]]], places: list[_Place]) -> Iterator[tuple[str, int, int]]:
    """The columns of each embed in the first select list, whose stars are the first in the text."""
    following = iter(places)
    position = 0
    for is_expanded, columns in branch:
        embed = next(following).embed if is_expanded else ""
        if embed:
            yield embed, position, position + len(columns)
        position += len(columns)


def _result_lists(tree: exp.Expr) -> list[tuple[list[exp.Expr], exp.Expr]]:
    """The select or RETURNING lists that make the result, in the order of the text, and their statements."""
    match tree:
        case exp.Select():
            return [(tree.expressions, tree)]
        case exp.SetOperation():
            return _result_lists(tree.left) + _result_lists(tree.right)
        case exp.Insert() | exp.Update() | exp.Delete() | exp.Merge():
            returning = tree.args.get("returning")
            return [(returning.expressions, tree)] if returning is not None else []
        case _:
            return []


def _enter(tree: exp.Expr, statement: exp.Expr, scope: Scope) -> None:
    """Fill the scope of the statement, with the CTEs that stand before the whole."""
    if statement is not tree:
        outer = Scope(scope.environment)
        statements.output_of(tree, outer)
        scope.ctes = outer.ctes
    statements.output_of(statement, scope)


def _columns(item: exp.Expr, scope: Scope) -> list[str] | None:
    """What a select item expands to; an item that is no star stands for one column of unknown name."""
    if not is_star(item):
        return [""]
    if isinstance(item, exp.Star):
        if scope.star is None:
            return None
        return [_qualified(source.alias, column.name) for source, column in scope.star]
    alias = name_of(item.args["table"])
    sources = scope.called(alias)
    if len(sources) != 1 or sources[0].columns is None:
        return None
    return [_qualified(alias, column.name) for column in sources[0].columns]


def _qualified(alias: str, name: str) -> str:
    return f"{_quoted(alias)}.{_quoted(name)}" if alias else _quoted(name)


def _quoted(name: str) -> str:
    if _SIMPLE.fullmatch(name) and name not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def _agree(names: list[str], described: DescribedQuery) -> bool:
    """Whether the expanded names are those that the server announced."""
    return all(
        not name or name.endswith((f".{_quoted(column.name)}",)) or name == _quoted(column.name)
        for name, column in zip(names, described.columns, strict=True)
    )


def _star_places(source: SourceQuery, *, returning: bool) -> list[_Place]:
    """The places of ``*``, ``t.*`` and embeds in the outermost select lists, or in the RETURNING list."""
    tokens = [token for token in tokenize(source.file.text, source.start, source.end) if token.kind not in TRIVIA]
    return [
        _Place(item[0].start, item[-1].end, name_in(item[4]) if is_embed(item) else "")
        for item in _items(tokens, "returning" if returning else "select")
        if is_embed(item) or (item[-1].text == "*" and all(_is_part_of_name(token) for token in item[:-1]))
    ]


def _is_part_of_name(token: Token) -> bool:
    return token.kind in (Kind.NAME, Kind.QUOTED_NAME) or token.text == "."


def _items(tokens: list[Token], keyword: str) -> Iterator[list[Token]]:
    """The items of each outermost list that follows the keyword."""
    depth = 0
    item: list[Token] | None = None
    for token in tokens:
        word = token.text.lower() if token.kind is Kind.NAME else token.text
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(word, 0)
        if depth == 0 and token.kind is Kind.NAME and word in (keyword, *_LIST_ENDS):
            if item:
                yield item
            item = [] if word == keyword else None
        elif item is not None and depth == 0 and word == ",":
            if item:
                yield item
            item = []
        elif item is not None and not (not item and depth == 0 and word in ("distinct", "all")):
            item.append(token)
    if item:
        yield item
