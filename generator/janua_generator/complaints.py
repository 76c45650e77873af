"""
The server's errors in the author's terms: at the place in the file, with the author's names, and what to write instead.

PostgreSQL takes a parameter's type from the first place that tells it. Where another place wants another
type, the error is about an operator or a column there: the finding shows both places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from janua.diagnostics import Diagnostic, excerpt, locate
from janua.errors import SqlSyntaxError
from janua.lexer import TRIVIA, Token, tokenize

from janua_generator.catalog.introspect import Introspection
from janua_generator.hints import Complaint, hint_for
from janua_generator.sqlfile.model import ParsedQuery, Placeholder

_TYPES = frozenset({"42883", "42804", "42846", "42725", "42P08", "42P18"})
"""No such function or operator, the wrong type, no such cast, several candidates, two types, no type."""

_ENDS_OPERAND = frozenset(
    ("and", "or", "from", "where", "group", "having", "order", "limit", "offset", "union", "returning", "set", "as",
     "when", "then", "else", "end", "on", ",", ";")
)  # fmt: skip
_NUMBERS = frozenset(("smallint", "integer", "bigint", "numeric", "real", "double precision"))
# What the place has, and what it wants.
_WANTED = (
    re.compile(r"is of type (?P<wants>.+) but expression is of type (?P<has>.+)"),
    re.compile(r"cannot cast type (?P<has>.+) to (?P<wants>.+)"),
    re.compile(r"(?P<has>.+) versus (?P<wants>.+)"),
)
_OPERATOR = re.compile(r"operator does not exist: (?P<left>.+) [^\w\s\"]+ (?P<right>.+)")


@dataclass(frozen=True, slots=True)
class _Place:
    """One place of a parameter. ``is_left``: it stands before the operator that the error is about."""

    placeholder: Placeholder
    offset: int
    is_left: bool = False

    @property
    def name(self) -> str:
        """As the author wrote it."""
        return _shown(self.placeholder)

    @property
    def other(self) -> int | None:
        """Another place of the same parameter."""
        return next((each for each in self.placeholder.offsets if each != self.offset), None)


@dataclass(frozen=True, slots=True)
class ServerError:
    """The fields of an error as the server sent them; ``position`` counts from 1, and is 0 where there is none."""

    message: str
    sqlstate: str
    detail: str
    hint: str
    position: int


def complaint(query: ParsedQuery, error: ServerError, introspection: Introspection) -> Diagnostic:
    """Return the server's error as a finding about the query."""
    message = _with_names(query, error.message)
    offset = query.spliced.offset_in_file(error.position - 1) if error.position else None
    place = _place(query, error.sqlstate, message, offset)
    if offset is None and place is not None:
        offset = place.offset
    hint = (
        (_hint_about(place, query, offset or 0, replace(error, message=message)) if place is not None else "")
        or hint_for(Complaint(error.sqlstate, message, offset, query, introspection))
        or _with_names(query, error.hint)
        or error.detail
    )
    if offset is None:
        return query.source.diagnostic(message, sqlstate=error.sqlstate, hint=hint)
    length = _token_length(query, offset)
    found = query.source.file.diagnostic(offset, length, message, sqlstate=error.sqlstate, hint=hint)
    return _with_both(found, query, place) if place is not None and error.sqlstate != "42P18" else found


def _place(query: ParsedQuery, sqlstate: str, message: str, offset: int | None) -> _Place | None:
    """The place of a parameter that an error about types is about."""
    if sqlstate not in _TYPES:
        return None
    named = next((each for each in query.placeholders if re.search(rf"{re.escape(_shown(each))}\b", message)), None)
    if named is not None:
        return _Place(named, offset if offset in named.offsets else named.offsets[0])
    if offset is None:
        return _Place(query.placeholders[0], query.placeholders[0].offsets[0]) if len(query.placeholders) == 1 else None
    near = [*_places_behind(query, offset), *_place_before(query, offset)]
    return next((each for each in near if each.other is not None), near[0] if near else None)


def _places(query: ParsedQuery) -> Iterator[_Place]:
    for placeholder in query.placeholders:
        for offset in placeholder.offsets:
            yield _Place(placeholder, offset)


def _places_behind(query: ParsedQuery, offset: int) -> list[_Place]:
    """The parameters from there on to the end of the operand or of the call."""
    depth, end = 0, offset
    for token in _tokens_from(query, offset):
        if depth <= 0 and token.start > offset and token.text.lower() in _ENDS_OPERAND:
            break
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            break
        end = token.end
    return [each for each in _places(query) if offset <= each.offset < end]


def _place_before(query: ParsedQuery, offset: int) -> list[_Place]:
    """The parameter that stands right before the operator, perhaps in parentheses or with a cast."""
    text = query.source.file.text
    return [
        replace(each, is_left=True)
        for each in _places(query)
        if each.offset < offset and re.fullmatch(r"[:@$]\w+[?!]?\)*(::[\w\[\]]+)?\)*\s*", text[each.offset : offset])
    ]


def _hint_about(place: _Place, query: ParsedQuery, offset: int, error: ServerError) -> str:
    name, message = place.name, error.message
    if error.sqlstate == "42P18" or "could not determine" in message:
        kind = "text[]" if "polymorphic" in message else "text"
        return f"write {name}::{kind}, or whichever type it has"
    if error.sqlstate == "42725":
        return f"write {name}::integer, or whichever type it has"
    operands = _OPERATOR.fullmatch(message)
    is_whole = place.is_left or operands is None or _is_whole_operand(place, query, offset)
    if operands is not None and not is_whole and "interval" in operands.groups():
        return f"where {name} is an interval, write {name}::interval"
    if place.other is None:
        return ""
    has, wants = _types(place, message, error.detail) if is_whole else ("", "")
    line, column = locate(query.source.file.text, place.other)
    is_there = f"{name} is {has or 'of another type'} at {line}:{column}"
    casts = f"write {name}::{has}::{wants} here, or " if _is_castable(has, wants) else ""
    return f"{is_there}: {casts}give one of the two another {'name' if place.placeholder.name else 'number'}"


def _is_whole_operand(place: _Place, query: ParsedQuery, offset: int) -> bool:
    """Whether nothing but parentheses and ANY stands between the operator and the parameter."""
    between = query.source.file.text[offset + _token_length(query, offset) : place.offset]
    return re.fullmatch(r"\s*(any|all|some)?\s*\(?\s*", between, re.IGNORECASE) is not None


def _is_castable(has: str, wants: str) -> bool:
    """Whether every value of the one type surely is one of the other, or a number of it."""
    return bool(has and wants) and (wants == "text" or {has, wants} <= _NUMBERS)


def _types(place: _Place, message: str, detail: str) -> tuple[str, str]:
    """The type that the parameter has, and the one that is wanted of it, as far as the server tells."""
    operator = _OPERATOR.fullmatch(message)
    if operator is not None:
        return (operator["left"], operator["right"]) if place.is_left else (operator["right"], operator["left"])
    found = next((match for each in _WANTED for text in (message, detail) if (match := each.search(text))), None)
    return (found["has"], found["wants"]) if found is not None else ("", "")


def _with_both(found: Diagnostic, query: ParsedQuery, place: _Place) -> Diagnostic:
    """The finding with an excerpt of the other place too; on one line, one excerpt points at both."""
    if place.other is None:
        return found
    other = excerpt(query.source.file.text, place.other, _token_length(query, place.other))
    line, pointer = found.excerpt.split("\n")
    other_line, other_pointer = other.split("\n")
    if line == other_line:
        pairs = zip(pointer.ljust(len(other_pointer)), other_pointer.ljust(len(pointer)), strict=True)
        return replace(found, excerpt=line + "\n" + "".join(max(pair) for pair in pairs).rstrip())
    in_order = (found.excerpt, other) if place.offset < place.other else (other, found.excerpt)
    return replace(found, excerpt="\n".join(in_order))


def _shown(placeholder: Placeholder) -> str:
    return f":{placeholder.name}" if placeholder.name else f"${placeholder.number}"


def _tokens_from(query: ParsedQuery, offset: int) -> Sequence[Token]:
    """The tokens from there on. The server may point into the middle of one, such as a string: then that first."""
    text, end = query.source.file.text, query.source.end
    try:
        return list(tokenize(text, offset, end))
    except SqlSyntaxError:
        return [token for token in tokenize(text, query.source.start, end) if token.end > offset]


def _token_length(query: ParsedQuery, offset: int) -> int:
    """How much to underline: the token there, a name with all that its dots join, or a placeholder with its mark."""
    length = 0
    is_open = True
    for token in _tokens_from(query, offset):
        joins = token.text in (":", "@", ".")
        if token.kind in TRIVIA or not (is_open or joins):
            break
        length = token.end - offset
        is_open = joins
    return max(1, length)


def _with_names(query: ParsedQuery, message: str) -> str:
    """The message with the author's parameter names in place of the numbers that the server saw."""
    names = {placeholder.number: placeholder.name for placeholder in query.placeholders}

    def name(match: re.Match[str]) -> str:
        found = names.get(int(match[1]))
        return f":{found}" if found else match[0]

    return re.sub(r"\$(\d+)", name, message)
