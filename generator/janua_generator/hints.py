"""
What to do about the server's complaint: a function for each SQLSTATE that something can be said about.
Of the types of parameters, :mod:`complaints` knows more.

What stands in the query itself comes first: its relations' columns before all others, its aliases before
all tables. The codes are those of the manual's appendix "PostgreSQL Error Codes".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from janua.lexer import TRIVIA, Kind, Token, tokenize

from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import Relation
from janua_generator.sqlfile.model import ParsedQuery

_CUTOFF = 0.6
_MOST_LISTED = 8
_FOLLOWS_RELATION = frozenset(
    ("on", "using", "where", "set", "values", "select", "join", "left", "right", "full", "inner", "cross", "natural",
     "order", "group", "limit", "returning", "union", "except", "intersect", "having", "default", "for", "with")
)  # fmt: skip


@dataclass(frozen=True)
class Complaint:
    """What the server says of a query; ``offset`` is the place in the file, or None where it names none."""

    sqlstate: str
    message: str
    offset: int | None
    query: ParsedQuery
    introspection: Introspection

    @cached_property
    def tokens(self) -> list[Token]:
        """The query's tokens, without blanks and comments."""
        source = self.query.source
        return [each for each in tokenize(source.file.text, source.start, source.end) if each.kind not in TRIVIA]

    @cached_property
    def relations(self) -> Mapping[str, Relation]:
        """The relations that the query names, by their names and aliases there."""
        found: dict[str, Relation] = {}
        catalog = self.introspection.catalog
        for at, token in enumerate(self.tokens):
            relation = catalog.relation(_name(token)) if _is_name(token) else None
            if relation is not None:
                found[_alias(self.tokens[at + 1 : at + 3]) or relation.name] = relation
        return found


def hint_for(complaint: Complaint) -> str:
    """Return what to do about it in one line, or an empty string where the server's own hint must do."""
    find = _HINTS.get(complaint.sqlstate)
    return find(complaint) if find else ""


def _column(complaint: Complaint) -> str:
    wanted, qualifier = _wanted(complaint.message, r"column (\S+)")
    of_relation = re.search(r'of relation "([^"]+)"', complaint.message)
    near = complaint.relations
    named = near.get(qualifier) or complaint.introspection.catalog.relation(of_relation[1] if of_relation else "")
    for relations in ([named] if named else [], near.values(), complaint.introspection.catalog.relations):
        names = {column.name for relation in relations if relation for column in relation.columns}
        if hint := _did_you_mean(wanted, names):
            return hint
    if named:
        return f"{named.name} has {_listed(column.name for column in named.columns)}"
    is_quoted = any(token.start == complaint.offset and token.kind is Kind.QUOTED_NAME for token in complaint.tokens)
    return f"double quotes are for names; a text is written '{wanted}'" if is_quoted else ""


def _relation(complaint: Complaint) -> str:
    missing = re.search(r'FROM-clause entry for table "([^"]+)"', complaint.message)
    if missing:
        there = f"; there {'is' if len(complaint.relations) == 1 else 'are'} {_listed(complaint.relations)}"
        not_there = f"{missing[1]} is not in FROM{there if complaint.relations else ''}"
        return _did_you_mean(missing[1], complaint.relations) or not_there
    wanted, schema = _wanted(complaint.message, r"relation (\S+)")
    others = [each.qualified for each in complaint.introspection.catalog.relations if schema and each.name == wanted]
    if others:
        return f"there is {_listed(others)}"
    ctes = {_name(token) for token in complaint.tokens if _is_name(token)}
    tables = {relation.name for relation in complaint.introspection.catalog.relations}
    return _did_you_mean(wanted, tables) or _did_you_mean(wanted, ctes - {wanted} - tables)


def _ambiguous(complaint: Complaint) -> str:
    wanted, _ = _wanted(complaint.message, r"column reference (\S+)")
    having = [f"{alias}.{wanted}" for alias, relation in complaint.relations.items() if wanted in relation.by_name]
    return f"write {' or '.join(having)}" if len(having) > 1 else "write the relation's name before it"


def _function(complaint: Complaint) -> str:
    operator = re.search(r"operator does not exist: (.+?) (\S+) (.+)$", complaint.message)
    if operator:
        left, symbol, right = operator.groups()
        return f"there is no {left} {symbol} {right}: cast one side, such as ::{left} behind the right one"
    wanted, _ = _wanted(complaint.message, r"(?:function|procedure) ([^\s(]+)")
    routines = complaint.introspection.routines
    ours = complaint.introspection.catalog.functions_by_name
    if wanted in ours:
        return f"there is {_listed(f'{wanted}({each.arguments})' for each in ours[wanted])}"
    known = routines.strict | routines.set_returning | routines.aggregates | routines.volatile
    meant = _did_you_mean(wanted, ours) or _did_you_mean(wanted, known)
    if meant or wanted in known or not complaint.query.source.file.is_sqlc:
        return meant
    return "sqlc does not look for functions, PostgreSQL does: name the file that makes it under schema"


def _grouping(complaint: Complaint) -> str:
    wanted = re.search(r'column "([^"]+)" must appear', complaint.message)
    if wanted:
        return f"add {wanted[1]} to GROUP BY, or take an aggregate of it such as max({wanted[1]})"
    return "conditions on aggregates belong into HAVING" if "in WHERE" in complaint.message else ""


def _invalid_text(complaint: Complaint) -> str:
    enum = re.search(r'value for enum (.+): "(.*)"$', complaint.message, re.DOTALL)
    type_ = complaint.introspection.types.get(enum[1]) if enum else None
    if enum is None or type_ is None:
        return ""
    return _did_you_mean(enum[2], type_.labels) or f"{enum[1]} has {_listed(type_.labels)}"


def _object(complaint: Complaint) -> str:
    wanted, _ = _wanted(complaint.message, r"type (\S+)")
    return _did_you_mean(wanted, {each.typname for each in complaint.introspection.types.values()} | _SPELLINGS)


# What format_type says and people write, where pg_type has another name.
_SPELLINGS = frozenset({"integer", "bigint", "smallint", "boolean", "timestamp", "timestamptz", "decimal", "real"})


def _syntax(complaint: Complaint) -> str:
    before = [token for token in complaint.tokens if complaint.offset is not None and token.end <= complaint.offset]
    behind = complaint.tokens[len(before) :]
    if foreign := _foreign_parameter(before, behind):
        return foreign
    if complaint.message.endswith(("at end of input", 'at or near ";"')):
        return "the statement ends too early: something is missing, or a parenthesis is not closed"
    if before and before[-1].text == ",":
        return "remove the comma before it"
    suspects = [token for token in (*before[-2:], *behind[:1]) if _is_name(token)]
    for token in reversed(suspects):
        word = token.text.upper()
        close = get_close_matches(word, _KEYWORDS - {word}, n=1, cutoff=0.75)
        if close and word not in _KEYWORDS:
            return f"did you mean {close[0]} where {token.text} stands?"
    return ""


def _foreign_parameter(before: Sequence[Token], behind: Sequence[Token]) -> str:
    """What a parameter of another library, or a list that is one parameter, is written as here."""
    word = before[-1].text.lower() if before else ""
    following = [token.text for token in behind[:3]]
    if word == "in" and following and following[0] in (":", "@", "$"):
        name = "".join(following[:2])
        return f"a list is one parameter, an array: = ANY({name}); without it: <> ALL({name})"
    if word == "?" or following[:1] == ["?"]:
        return "a parameter is written :name, not ?"
    if following[:2] in (["%", "("], ["%", "s"]):
        name = following[2] if following[1] == "(" and len(following) > 2 else "name"
        return f"a parameter is written :{name}, not with %"
    if following[:1] == [":"] and following[1:2] and following[1].isdigit():
        return f"a parameter is written :name, or ${following[1]}"
    return ""


_KEYWORDS = frozenset(
    ("SELECT", "FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "INSERT", "UPDATE", "DELETE", "INTO",
     "VALUES", "RETURNING", "JOIN", "LEFT", "RIGHT", "INNER", "LATERAL", "UNION", "INTERSECT", "EXCEPT", "DISTINCT",
     "CONFLICT", "BETWEEN", "EXISTS", "WITH", "MERGE", "USING")
)  # fmt: skip


def _same_alias(complaint: Complaint) -> str:
    return "give one of the two another alias"


_HINTS: Mapping[str, Callable[[Complaint], str]] = {
    "22P02": _invalid_text,
    "42601": _syntax,
    "42702": _ambiguous,
    "42703": _column,
    "42704": _object,
    "42712": _same_alias,
    "42803": _grouping,
    "42883": _function,
    "42P01": _relation,
}


def _wanted(message: str, pattern: str) -> tuple[str, str]:
    """The name that the message is about, without quotes, and what stands before its dot."""
    found = re.search(rf'"([^"]+)"|{pattern}', message)
    name = (found[1] or found[2]) if found else ""
    qualifier, _, last = name.rpartition(".")
    return last.strip('"'), qualifier.strip('"')


def _did_you_mean(wanted: str, names: Iterable[str]) -> str:
    folded = {name.lower(): name for name in sorted(names, reverse=True) if name != wanted}
    close = get_close_matches(wanted.lower(), folded, n=1, cutoff=_CUTOFF)
    return f'did you mean "{folded[close[0]]}"?' if close else ""


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = f" and {len(shown) - _MOST_LISTED} more" if len(shown) > _MOST_LISTED else ""
    return ", ".join(shown[:_MOST_LISTED]) + more


def _is_name(token: Token) -> bool:
    return token.kind in (Kind.NAME, Kind.QUOTED_NAME)


def _name(token: Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind is Kind.QUOTED_NAME else token.text.lower()


def _alias(following: list[Token]) -> str:
    """The alias in what follows a relation's name; empty where there is none."""
    words = following[1:] if following and following[0].text.lower() == "as" else following[:1]
    if not words or not _is_name(words[0]) or words[0].text.lower() in _FOLLOWS_RELATION:
        return ""
    return _name(words[0])
