"""
``-- @page created_at DESC, id DESC``: the query wrapped, so that it gives the rows behind those of a cursor.

    SELECT page.id, …, page.created_at::text, page.id::text
    FROM (…) AS page
    WHERE (page.created_at, page.id) < ($2::text::timestamptz, $3::text::uuid)
    ORDER BY page.created_at DESC, page.id DESC
    LIMIT $4

A cursor holds the keys of a row as text. Where a key may be NULL there is another condition for its being NULL
in the cursor, so that a page query has variants: without a cursor, and for each way in which its keys may be NULL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from janua.dynamic import Clause
from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Kind, Token, tokenize
from janua.paging import CURSOR, START

from janua_generator.catalog.identifiers import quoted
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.embeds import name_in
from janua_generator.sqlfile.model import Directive, ParsedQuery, Piece, Placeholder
from janua_generator.variants.cuts import Pieces
from janua_generator.variants.outline import Outline

_HINT = "write it as -- @page created_at DESC, id DESC, with the names of columns of the result"
_SETTINGS_DECIDE = frozenset({"date", "timestamp without time zone", "timestamp with time zone"})
"""Types whose text depends on DateStyle; in JSON it does not."""

# Types whose names mean something shorter in a cast.
_UNLIMITED = {"character": "pg_catalog.bpchar", "bit": 'pg_catalog."bit"'}


@dataclass(frozen=True, slots=True)
class Key:
    """A column that pages are ordered by; its name stands in the file at ``offset``."""

    name: str
    offset: int
    length: int
    descending: bool = False
    nulls_first: bool = False

    @property
    def direction(self) -> str:
        """As it stands behind a column in ORDER BY."""
        usual = self.nulls_first == self.descending
        nulls = "" if usual else f" NULLS {'FIRST' if self.nulls_first else 'LAST'}"
        return f"{' DESC' if self.descending else ''}{nulls}"


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """A key with what is known of its column; ``column`` is what the server calls it."""

    key: Key
    column: str
    type: str
    nullable: bool

    @property
    def expression(self) -> str:
        """The column in the query around the author's."""
        return f"page.{quoted(self.column)}"

    @property
    def described(self) -> str:
        """What cursors are bound to: the column, its direction and type."""
        return f"{self.key.name}{self.key.direction}: {self.type}"


def read_keys(parsed: ParsedQuery, outline: Outline) -> tuple[Key, ...]:
    """
    Return the keys of ``@page``, none where there is no such directive.

    Raises GenerationFailed for what is no key, and for a query that orders or limits by itself.
    """
    source = parsed.source
    directives = source.directives_called("page")
    if not directives:
        return ()
    (directive,) = directives
    for other in ("order", "nest"):
        if source.directives_called(other):
            raise GenerationFailed([source.complaint(directive, f"@page does not go with @{other}")])
    if outline.kind not in ("select", "values", "table", ""):
        hint = "put it into WITH, and select from that"
        raise GenerationFailed([source.complaint(directive, f"{outline.kind.upper()} has no pages", hint=hint)])
    own = outline.order[0] if outline.order is not None else outline.tail
    if own is not None:
        message = "a query with @page has no ORDER BY, LIMIT or locking of its own"
        hint = "@page says by what rows are ordered, and the caller how many there are"
        raise GenerationFailed([source.file.diagnostic(own, 5, message, hint=hint)])
    keys = [_key(parsed, directive, part) for part in _parts(parsed, directive)]
    for at, key in enumerate(keys):
        if key.name in [each.name for each in keys[:at]]:
            message = f'the key "{key.name}" stands twice'
            raise GenerationFailed([source.file.diagnostic(key.offset, key.length, message)])
    return tuple(keys)


def wrapped(
    parsed: ParsedQuery, parts: Sequence[Pieces | Clause[Pieces]], columns: Sequence[str], keys: Sequence[KeyColumn]
) -> tuple[ParsedQuery, tuple[Pieces | Clause[Pieces], ...]]:
    """Return a query's parts as those of one that gives pages, and the query with the parameters that this adds."""
    (directive,) = parsed.source.directives_called("page")
    offset, count = directive.text_offset, len(parsed.placeholders)
    listed = ", ".join([*(f"page.{quoted(name)}" for name in columns), *map(_text, keys)])
    order = ", ".join(each.expression + each.key.direction for each in keys)
    places = tuple(Placeholder(number, "", None, (offset,)) for number in range(count + 1, count + len(keys) + 2))

    def made(text: str) -> Pieces:
        return (Piece(offset, offset, text),)

    conditions = {START: "", **{each: f"\nWHERE {_behind(keys, each, count + 1)}" for each in patterns(keys)}}
    items = tuple((made(""), made(text), (f"{CURSOR}={choice}",)) for choice, text in conditions.items())
    wrapped_parts = (
        made(f"SELECT {listed}\nFROM (\n"),
        *parts,
        made("\n) AS page"),
        Clause(made(""), items, made("")),
        made(f"\nORDER BY {order}\nLIMIT ${count + len(keys) + 1}"),
    )
    return replace(parsed, placeholders=(*parsed.placeholders, *places)), wrapped_parts


def patterns(keys: Sequence[KeyColumn]) -> list[str]:
    """Which keys of a cursor are NULL: a letter for each, ``v`` for a value and ``n`` for NULL."""
    return ["".join(letters) for letters in product(*("vn" if each.nullable else "v" for each in keys))]


def cursors(keys: Sequence[KeyColumn]) -> tuple[str, ...]:
    """All that a cursor can be, beginning with none."""
    return (START, *patterns(keys))


def _behind(keys: Sequence[KeyColumn], pattern: str, number: int) -> str:
    """The condition that a row comes after that of the cursor, whose first key is the parameter of this number."""
    values = [f"${number + at}::text::{_UNLIMITED.get(each.type, each.type)}" for at, each in enumerate(keys)]
    columns = [each.expression for each in keys]
    directions = {each.key.descending for each in keys}
    if len(directions) == 1 and not any(each.nullable for each in keys):
        sign = "<" if directions.pop() else ">"
        # as one comparison of rows it is one range of an index
        return f"{_row(columns)} {sign} {_row(values)}"
    conditions: list[str] = []
    condition = ""
    for each, column, value, letter in reversed(list(zip(keys, columns, values, pattern, strict=True))):
        conditions = _strictly_behind(each, column, value if letter == "v" else "")
        equal = f"{column} = {value}" if letter == "v" else f"{column} IS NULL"
        if condition:
            conditions.append(f"({equal} AND {condition})")
        condition = " OR ".join(conditions) if conditions else "FALSE"
        condition = f"({condition})" if len(conditions) > 1 else condition
    return _bounded(keys[0], columns[0], values[0], pattern[0]) + condition


def _row(values: Sequence[str]) -> str:
    return f"({', '.join(values)})" if len(values) > 1 else values[0]


def _strictly_behind(key: KeyColumn, column: str, value: str) -> list[str]:
    """The alternatives in which a key alone decides that its row comes after; ``value`` is empty for NULL."""
    if not value:
        return [f"{column} IS NOT NULL"] if key.key.nulls_first else []
    comparison = f"{column} {'<' if key.key.descending else '>'} {value}"
    return [comparison, f"{column} IS NULL"] if key.nullable and not key.key.nulls_first else [comparison]


def _bounded(key: KeyColumn, column: str, value: str, letter: str) -> str:
    """What alternatives have in common, by which an index is entered where they alone would not do."""
    if letter == "n" or (key.nullable and not key.key.nulls_first):
        return ""
    return f"{column} {'<=' if key.key.descending else '>='} {value} AND "


def _text(key: KeyColumn) -> str:
    column = key.expression
    return f"to_json({column}) #>> '{{}}'" if key.type in _SETTINGS_DECIDE else f"{column}::text"


def _parts(parsed: ParsedQuery, directive: Directive) -> Iterator[list[Token]]:
    """The tokens between the commas of the directive."""
    start = directive.text_offset
    try:
        tokens = list(tokenize(parsed.source.file.text, start, start + len(directive.text)))
    except SqlSyntaxError as error:
        raise _malformed(parsed, error.offset, 1) from None
    part: list[Token] = []
    for token in tokens:
        if token.text == ",":
            yield part
            part = []
        elif token.kind not in TRIVIA or "--" in token.text or "/*" in token.text:
            part.append(token)
    yield part


def _key(parsed: ParsedQuery, directive: Directive, part: Sequence[Token]) -> Key:
    if not part:
        raise _malformed(parsed, directive.text_offset, len(directive.text))
    first, words = part[0], [token.text.lower() for token in part[1:]]
    if first.kind not in (Kind.NAME, Kind.QUOTED_NAME):
        raise _malformed(parsed, first.start, first.end - first.start)
    descending = words[:1] == ["desc"]
    rest = words[1:] if words[:1] in (["asc"], ["desc"]) else words
    if rest not in ([], ["nulls", "first"], ["nulls", "last"]):
        raise _malformed(parsed, part[1].start, part[-1].end - part[1].start)
    nulls_first = rest == ["nulls", "first"] if rest else descending
    return Key(name_in(first), first.start, first.end - first.start, descending, nulls_first)


def _malformed(parsed: ParsedQuery, offset: int, length: int) -> GenerationFailed:
    return GenerationFailed([parsed.source.file.diagnostic(offset, max(1, length), "malformed @page", hint=_HINT)])
