"""What a query file holds: :class:`SourceQuery` as written, :class:`ParsedQuery` with its parameters found."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from janua.diagnostics import Diagnostic, diagnostic_at

from janua_generator.names import module_stem


class Cardinality(StrEnum):
    """How many rows a generated function returns; the values are those of ``inspect --json``."""

    ONE = "one"
    OPTIONAL = "optional"
    MANY = "many"
    NONE = "none"
    AFFECTED = "affected"


class Call(StrEnum):
    """How a function is called, where that is not with one set of values for all rows."""

    PLAIN = "plain"
    STREAM = "stream"
    COPY = "copy"
    BATCH = "batch"
    BULK = "bulk"


class Rule(StrEnum):
    """What a warning goes by: the words of ``-- @allow``."""

    MANY_ROWS = "many-rows"
    """Declared to return one row, which nothing proves."""
    AMBIGUOUS_NONE = "ambiguous-none"
    """None may mean no row as well as a NULL."""
    PROVEN = "proven"
    """Named ``"x?"``, but proven not to be NULL."""
    UNKNOWN_STRUCTURE = "unknown-structure"
    """The statement cannot be analysed: every column may be None."""
    UNKNOWN_TYPE = "unknown-type"
    """A type for which there is no Python type, given as str."""
    UNCHECKED_VARIANTS = "unchecked-variants"
    """So many parts may be left out that not all combinations were described."""
    UNKNOWN_WRITES = "unknown-writes"
    """May go to a replica, and calls what may write."""


@dataclass(frozen=True)
class SourceFile:
    """
    A query file. ``path`` is relative to the project and has forward slashes.

    ``is_sqlc`` says that it follows sqlc's rules: ``:name`` is no parameter, a statement without a
    name is left out, ``:one`` is the first row, columns of one name are numbered. Where the text was made for a table,
    ``path`` is the name of that, as ``schema.name``, and ``module`` the module of its standard calls, dotted.
    """

    path: str
    text: str = field(repr=False)
    is_sqlc: bool = False
    module: str = ""

    @property
    def is_made(self) -> bool:
        """Whether the generator wrote it, and not the author."""
        return bool(self.module)

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    def line_at(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return bisect_left(self._line_ends, offset) + 1

    def diagnostic(
        self,
        offset: int,
        length: int,
        message: str,
        *,
        sqlstate: str = "",
        hint: str = "",
    ) -> Diagnostic:
        """An error about ``length`` characters of this file."""
        return diagnostic_at(self.path, self.text, offset, length, message, sqlstate=sqlstate, hint=hint)


@dataclass(frozen=True, slots=True)
class Directive:
    """
    ``@word text`` in a comment below a query's name.

    ``offset`` is where the ``@`` stands in the file, ``text_offset`` where the text behind the word begins.
    """

    word: str
    text: str
    offset: int
    text_offset: int


@dataclass(frozen=True, slots=True)
class SourceQuery:
    """
    One named query as written.

    ``name_offset`` is where its name stands in the file, ``start`` and ``end`` the span of its
    statement. ``cardinality`` is None where the header leaves it to be inferred; where ``call`` takes many sets
    of values, it is that of one set. With ``row_fields`` the function takes a row of the file's table, and its
    parameters are these fields of that.
    """

    file: SourceFile
    name: str
    name_offset: int
    cardinality: Cardinality | None
    doc: str
    start: int
    end: int
    directives: tuple[Directive, ...] = ()
    call: Call = Call.PLAIN
    row_fields: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The generated module that its function is in, dotted from the package on."""
        return self.file.module or module_stem(self.file.path)

    @property
    def line(self) -> int:
        """The line of the header, from 1."""
        return self.file.line_at(self.name_offset)

    def directives_called(self, word: str) -> list[Directive]:
        """Its directives of one kind, in their order."""
        return [each for each in self.directives if each.word == word]

    def complaint(self, directive: Directive, message: str, *, hint: str = "") -> Diagnostic:
        """An error about one of its directives, shown there."""
        return self.file.diagnostic(directive.offset, len(directive.word) + 1, message, hint=hint)

    def complaint_within(
        self, directive: Directive, at: int, length: int, message: str, *, hint: str = ""
    ) -> Diagnostic:
        """An error about ``length`` characters of a directive's text from ``at`` on."""
        return self.file.diagnostic(directive.text_offset + at, length, message, hint=hint)

    def diagnostic(self, message: str, *, sqlstate: str = "", hint: str = "") -> Diagnostic:
        """An error about the query as a whole, shown at its name."""
        return self.file.diagnostic(self.name_offset, len(self.name), message, sqlstate=sqlstate, hint=hint)

    def warning(self, rule: Rule, message: str, *, hint: str = "") -> tuple[Diagnostic, ...]:
        """A warning about the query as a whole; none where ``@allow`` silences the rule."""
        allowed = {each.strip() for found in self.directives_called("allow") for each in found.text.split(",")}
        if rule in allowed:
            return ()
        file, length = self.file, len(self.name)
        return (
            diagnostic_at(
                file.path, file.text, self.name_offset, length, message, hint=hint, severity="warning", rule=rule
            ),
        )


@dataclass(frozen=True, slots=True)
class Splice:
    """``text`` stands in the sent SQL where the file has the characters from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """The file's characters from ``start`` up to ``end``, with what is spliced there; or ``text``, made for there."""

    start: int
    end: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Placeholder:
    """
    A parameter of a query.

    ``name`` is empty for a bare ``$1``. ``nullable`` is what ``:name?`` and ``:name!`` demand,
    None where it is left to be inferred. ``offsets`` are all its places in the file.
    """

    number: int
    name: str
    nullable: bool | None
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Embed:
    """``sqlc.embed(relation)`` in the characters of the file from ``start`` up to ``end``."""

    relation: str
    start: int
    end: int

    @property
    def splice(self) -> Splice:
        """What the server sees in its place."""
        return Splice(self.start, self.end, f"{self.relation}.*")


@dataclass(frozen=True, slots=True)
class SplicedSql:
    """SQL as sent: the author's text with spans replaced, and the way back from its offsets to the file's."""

    sql: str
    starts: tuple[int, ...]
    origins: tuple[tuple[int, bool], ...]

    @classmethod
    def of(cls, text: str, pieces: Iterable[Piece], splices: Sequence[Splice]) -> SplicedSql:
        """Join pieces of ``text``, each splice in its place; splices are in order and do not overlap."""
        sql: list[str] = []
        starts: list[int] = []
        origins: list[tuple[int, bool]] = []
        length = 0
        for piece, origin, replaced in _spliced(text, pieces, splices):
            if piece:
                sql.append(piece)
                starts.append(length)
                origins.append((origin, replaced))
                length += len(piece)
        return cls("".join(sql), tuple(starts), tuple(origins))

    def offset_in_file(self, offset: int) -> int:
        """Return where in the file the character at ``offset`` of ``sql`` comes from."""
        at = max(0, bisect_right(self.starts, offset) - 1)
        origin, replaced = self.origins[at]
        return origin if replaced else origin + offset - self.starts[at]


def _spliced(text: str, pieces: Iterable[Piece], splices: Sequence[Splice]) -> Iterator[tuple[str, int, bool]]:
    """Texts in their order, each with the offset that it comes from and whether it stands in place of that."""
    for piece in pieces:
        if piece.text is not None:
            yield piece.text, piece.start, True
            continue
        position = piece.start
        for splice in splices:
            if piece.start <= splice.start < piece.end:
                yield text[position : splice.start], position, False
                yield splice.text, splice.start, True
                position = splice.end
        yield text[position : piece.end], position, False


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """
    A query whose placeholders have become ``$1``, ``$2``…; ``splices`` says where.

    ``pieces`` are the parts of the file that make the statement. In a variant of which parts were left out
    (``left_out`` says which), parameters may be ``unused``, by their numbers.
    """

    source: SourceQuery
    placeholders: tuple[Placeholder, ...]
    splices: tuple[Splice, ...]
    pieces: tuple[Piece, ...]
    spliced: SplicedSql
    embeds: tuple[Embed, ...] = ()
    unused: tuple[int, ...] = ()
    left_out: str = ""

    @property
    def sql(self) -> str:
        """The SQL as sent to the server."""
        return self.spliced.sql

    def with_splices(self, splices: Iterable[Splice]) -> ParsedQuery:
        """The same statement with further splices, which come in place of its own at the same offset."""
        by_start = {splice.start: splice for splice in (*self.splices, *splices)}
        merged = tuple(by_start[start] for start in sorted(by_start))
        spliced = SplicedSql.of(self.source.file.text, self.pieces, merged)
        return replace(self, splices=merged, spliced=spliced)
