"""
Find the parameters of a query and give them numbers: :class:`SourceQuery` to :class:`ParsedQuery`.

``:name``, ``@name``, ``sqlc.arg(name)``, ``sqlc.narg(name)``, ``sqlc.slice(name)`` and ``$1`` are
parameters; ``::type``, ``:=``, slices and operators are not. A ``?`` behind the name lets it take None, a
``!`` does not. Letter case does not tell names apart, unless they are quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import count

from janua.lexer import TRIVIA, Kind, Token, tokenize

from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.embeds import find_embeds
from janua_generator.sqlfile.model import ParsedQuery, Piece, Placeholder, SourceQuery, Splice, SplicedSql

MAX_PARAMETERS = 65_535
"""What one message of the protocol can carry (a 16-bit count)."""

_MACROS = frozenset({"arg", "narg", "slice"})


@dataclass(frozen=True, slots=True)
class _Occurrence:
    start: int
    end: int
    name: str
    number: int
    nullable: bool | None
    is_quoted: bool = False
    form: str = "{}"

    @property
    def key(self) -> str | int:
        """What all places of one parameter have in common."""
        return (self.name if self.is_quoted else self.name.lower()) or self.number


def parse_query(source: SourceQuery) -> ParsedQuery:
    """
    Number the parameters in the order of their first appearance. Pure.

    Raises GenerationFailed where ``$1`` and names are mixed (which sqlc allows: the names take the
    numbers that are free), where the numbers leave a gap, and where one place demands a None that
    another forbids.
    """
    tokens = list(tokenize(source.file.text, source.start, source.end))
    occurrences = list(_occurrences(source, tokens))
    _check_styles(source, occurrences)
    places = _places(occurrences)
    if len(places) > MAX_PARAMETERS:
        message = f"{len(places)} parameters: the protocol carries {MAX_PARAMETERS} at most"
        raise GenerationFailed([source.diagnostic(message, hint="pass arrays and use unnest(:ids)")])
    numbers = _numbers(places)
    _check_gaps(source, occurrences, set(numbers.values()))
    placeholders = sorted(
        (_placeholder(source, numbers[key], found) for key, found in places.items()), key=lambda each: each.number
    )
    embeds = tuple(find_embeds(source, tokens))
    splices = [Splice(each.start, each.end, _sent(source, each, numbers[each.key])) for each in occurrences]
    splices += [each.splice for each in embeds]
    splices.sort(key=lambda each: each.start)
    whole = (Piece(source.start, source.end),)
    spliced = SplicedSql.of(source.file.text, whole, splices)
    return ParsedQuery(source, tuple(placeholders), tuple(splices), whole, spliced, embeds)


def splices_within(source: SourceQuery, placeholders: Iterable[Placeholder], start: int, end: int) -> list[Splice]:
    """
    Number the parameters between two offsets outside the statement as they are in it.

    Raises GenerationFailed for one that the statement does not have.
    """
    numbers = {each.name.lower() if each.name else each.number: each.number for each in placeholders}
    splices = []
    for each in _occurrences(source, list(tokenize(source.file.text, start, end))):
        if each.key not in numbers:
            message = f"the statement has no parameter :{each.name or each.number}"
            hint = did_you_mean(each.name, (placeholder.name for placeholder in placeholders), ":")
            raise GenerationFailed([source.file.diagnostic(each.start, each.end - each.start, message, hint=hint)])
        splices.append(Splice(each.start, each.end, _sent(source, each, numbers[each.key])))
    return splices


def did_you_mean(word: str, known: Iterable[str], mark: str = "") -> str:
    """Return a hint with the word that was meant, or all that there are."""
    there_are = [f"{mark}{each}" for each in dict.fromkeys(known) if each]
    close = get_close_matches(f"{mark}{word}", there_are, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"there are {', '.join(there_are)}" if there_are else "there are none"


def _numbers(places: dict[str | int, list[_Occurrence]]) -> dict[str | int, int]:
    """The number of each parameter: its own, or the next that no other has as its own."""
    taken = {key for key in places if isinstance(key, int)}
    free = (number for number in count(1) if number not in taken)
    return {key: key if isinstance(key, int) else next(free) for key in places}


def _sent(source: SourceQuery, occurrence: _Occurrence, number: int) -> str:
    """``$n``, kept apart from a word before it, of which the ``$`` would become part."""
    before = source.file.text[occurrence.start - 1 : occurrence.start]
    blank = " " if before.isalnum() or before in ("_", "$") else ""
    return blank + occurrence.form.format(f"${number}")


def _occurrences(source: SourceQuery, tokens: list[Token]) -> Iterator[_Occurrence]:
    at = 0
    while at < len(tokens):
        found = _numbered(source, tokens, at) or _named(source, tokens, at) or _macro(source, tokens, at)
        if found is None:
            at += 1
            continue
        occurrence, length = found
        yield occurrence
        at += length


def _numbered(source: SourceQuery, tokens: list[Token], at: int) -> tuple[_Occurrence, int] | None:
    token = tokens[at]
    if token.kind is not Kind.PARAMETER:
        return None
    number = int(token.text[1:])
    if number == 0:
        message = "$0 is not a parameter: they count from $1"
        raise GenerationFailed([source.file.diagnostic(token.start, 2, message)])
    return _Occurrence(token.start, token.end, "", number, None), 1


def _named(source: SourceQuery, tokens: list[Token], at: int) -> tuple[_Occurrence, int] | None:
    mark = tokens[at]
    is_sqlc = source.file.is_sqlc
    is_mark = mark.text == "@" or (mark.text == ":" and not is_sqlc)
    if not is_mark or at + 1 == len(tokens) or tokens[at + 1].kind is not Kind.NAME:
        return None
    if mark.text == ":" and at and _ends_operand(tokens[at - 1]):
        return None
    name = tokens[at + 1]
    suffix = tokens[at + 2] if at + 2 < len(tokens) and not is_sqlc else None
    if suffix is not None and suffix.kind is Kind.OPERATOR and suffix.text in ("?", "!"):
        return _Occurrence(mark.start, suffix.end, name.text, 0, suffix.text == "?"), 3
    return _Occurrence(mark.start, name.end, name.text, 0, None), 2


def _ends_operand(token: Token) -> bool:
    """Whether a colon right behind this token belongs to a slice (``a[b:c]``) or a cast."""
    last = token.text[-1]
    return token.kind is not Kind.BLANK and (last.isalnum() or last in "_:])")


def _macro(source: SourceQuery, tokens: list[Token], at: int) -> tuple[_Occurrence, int] | None:
    """``sqlc.arg(name)``, ``sqlc.narg(name)`` and ``sqlc.slice(name)``; the name may be a string."""
    if tokens[at].text.lower() != "sqlc":
        return None
    significant: list[tuple[int, Token]] = []
    for index in range(at, min(at + 16, len(tokens))):
        if tokens[index].kind not in TRIVIA:
            significant.append((index, tokens[index]))
        if len(significant) == 6:
            break
    words = [token.text if place == 4 else token.text.lower() for place, (_, token) in enumerate(significant)]
    if words[:2] != ["sqlc", "."] or len(words) < 3 or words[2] == "embed":
        return None
    if words[2] not in _MACROS or len(words) < 6 or words[3] != "(" or words[5] != ")":
        message = f"sqlc.{words[2]} is not supported" if words[2] not in _MACROS else "malformed macro"
        hint = "write sqlc.slice(name)" if words[2] == "slice" else "write sqlc.arg(name) or :name"
        start = tokens[at].start
        length = significant[2][1].end - start
        raise GenerationFailed([source.file.diagnostic(start, length, message, hint=hint)])
    name = words[4].strip("'\"")
    last, behind = significant[5]
    nullable = True if words[2] == "narg" else None
    found = _Occurrence(tokens[at].start, behind.end, name, 0, nullable, name != words[4])
    if words[2] == "slice":
        return _slice(source, tokens, at, last, found)
    return found, last - at + 1


def _slice(
    source: SourceQuery, tokens: list[Token], first: int, last: int, found: _Occurrence
) -> tuple[_Occurrence, int]:
    """``IN (sqlc.slice(ids))`` as a comparison with an array, and one elsewhere as the array that it is."""
    before = [token for token in tokens[max(0, first - 24) : first] if token.kind not in TRIVIA][-3:]
    behind = next((at for at in range(last + 1, len(tokens)) if tokens[at].kind not in TRIVIA), last)
    words = [token.text.lower() for token in before]
    if words[-2:] == ["in", "("] and tokens[behind].text == ")":
        is_negated = words[-3:-2] == ["not"]
        start = before[-3 if is_negated else -2].start
        form = "<> ALL({})" if is_negated else "= ANY({})"
        return replace(found, start=start, end=tokens[behind].end, form=form), behind - first + 1
    if not _is_in_list(tokens, first):
        return found, last - first + 1
    hint = f"write IN (sqlc.slice({found.name})) or = ANY(sqlc.slice({found.name}))"
    message = "sqlc.slice stands alone in the parentheses of IN"
    raise GenerationFailed([source.file.diagnostic(found.start, found.end - found.start, message, hint=hint)])


def _is_in_list(tokens: list[Token], at: int) -> bool:
    """Whether the parentheses around a token are those of ``IN (…)``."""
    depth = 0
    for before in range(at - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(tokens[before].text, 0)
        if depth < 0:
            word = next((each for each in reversed(tokens[:before]) if each.kind not in TRIVIA), None)
            return word is not None and word.text.lower() == "in"
    return False


def _check_styles(source: SourceQuery, occurrences: list[_Occurrence]) -> None:
    numbered = [each for each in occurrences if each.number]
    named = [each for each in occurrences if not each.number]
    if numbered and named and not source.file.is_sqlc:
        place = numbered[0]
        message = f"${place.number} stands beside :{named[0].name}"
        hint = "use numbers or names in one query, not both"
        raise GenerationFailed([source.file.diagnostic(place.start, place.end - place.start, message, hint=hint)])


def _check_gaps(source: SourceQuery, occurrences: Iterable[_Occurrence], used: set[int]) -> None:
    for each in sorted(occurrences, key=lambda each: each.number):
        missing = next((number for number in range(1, each.number) if number not in used), None)
        if missing is not None:
            message = f"${each.number} is used but ${missing} is not"
            raise GenerationFailed([source.file.diagnostic(each.start, each.end - each.start, message)])


def _places(occurrences: list[_Occurrence]) -> dict[str | int, list[_Occurrence]]:
    """The places of each parameter, in the order of first appearance."""
    places: dict[str | int, list[_Occurrence]] = {}
    for each in occurrences:
        places.setdefault(each.key, []).append(each)
    return places


def _placeholder(source: SourceQuery, number: int, places: list[_Occurrence]) -> Placeholder:
    demands = {each.nullable for each in places} - {None}
    if len(demands) > 1:
        place = next(each for each in places if each.nullable is False)
        message = f":{place.name} may be None in one place (?) and not in another (!)"
        raise GenerationFailed([source.file.diagnostic(place.start, place.end - place.start, message)])
    nullable = demands.pop() if demands else None
    return Placeholder(number, places[0].name, nullable, tuple(each.start for each in places))
