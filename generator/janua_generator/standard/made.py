"""A standard call as a query: its statement, and what would stand above it if somebody had written it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from janua.diagnostics import Diagnostic

from janua_generator.catalog.model import Relation
from janua_generator.diagnostics import Stage
from janua_generator.sqlfile.model import Call, Cardinality, Directive, Rule, SourceFile, SourceQuery

# What the generator writes itself, nobody can be asked to write otherwise.
_ALLOWED = ", ".join(
    (Rule.MANY_ROWS, Rule.AMBIGUOUS_NONE, Rule.UNKNOWN_STRUCTURE, Rule.UNKNOWN_TYPE, Rule.UNCHECKED_VARIANTS)
)


@dataclass(frozen=True, slots=True)
class StandardCall:
    """
    A call before it has a module.

    ``page`` are the columns that its pages are ordered by, as SQL writes them, ``optional`` the parameters that may
    be left out. ``row_fields``: in place of parameters it takes a row, and these fields of that.
    """

    name: str
    sql: str
    doc: str
    cardinality: Cardinality
    optional: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    call: Call = Call.PLAIN
    row_fields: tuple[str, ...] = field(default=())

    def source(self, relation: Relation, module: str, name: str) -> SourceQuery:
        """Return the call as a query, alone in a file whose path is the name of its table."""
        text, directives = _head(
            [("allow", _ALLOWED), ("optional", ", ".join(self.optional)), ("page", ", ".join(self.page))]
        )
        return SourceQuery(
            file=SourceFile(relation.qualified, text + self.sql, module=module),
            name=name,
            name_offset=0,
            cardinality=self.cardinality,
            doc=self.doc,
            start=len(text),
            end=len(text) + len(self.sql),
            directives=directives,
            call=self.call,
            row_fields=self.row_fields,
        )


def _head(words: Iterable[tuple[str, str]]) -> tuple[str, tuple[Directive, ...]]:
    """The lines of the directives that have a text; nothing reads them again, so that it may be any text."""
    head = ""
    directives: list[Directive] = []
    for word, text in words:
        if text:
            offset = len(head) + len("-- ")
            directives.append(Directive(word, text, offset, offset + len(f"@{word} ")))
            head += f"-- @{word} {text}\n"
    return head, tuple(directives)


def left_out(refusal: Diagnostic) -> Diagnostic:
    """
    A warning in place of the error that a standard call cannot be: that is nobody's mistake.

    Neither its place nor its hint are of use to somebody who did not write the statement.
    """
    message = f"a standard call is left out: {refusal.message}"
    hint = "write it yourself where it is needed, in a query file"
    return Diagnostic(refusal.file, 0, 0, message, hint=hint, severity="warning", stage=Stage.LEFT_OUT)
