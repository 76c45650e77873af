"""
Directives: the comment lines below a query's name that begin with ``@`` and say what its function is like.

    -- @row UserSummary
    -- @nest members by id
    -- @json metadata: app.types:UserMetadata
    -- @allow many-rows
    -- @timeout 2s
    -- @replica fresh
    -- @cache 60s
"""

from __future__ import annotations

import keyword
import re
from difflib import get_close_matches

from janua_generator.annotations import BUILTINS
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.cachepolicy import read_cache
from janua_generator.sqlfile.model import Directive, Rule, SourceFile, SourceQuery

_FORMS = {
    "allow": (re.compile(r"[a-z-]+(\s*,\s*[a-z-]+)*"), "@allow many-rows"),
    "bulk": (re.compile(""), "@bulk"),
    "cache": (
        re.compile(r"0*[1-9]\d{0,5}\s*(ms|s|min|h|d)(\s.*)?"),
        "@cache 60s, and then where wanted: stale 10s, key app.tenant_id, volatile ok",
    ),
    "json": (
        re.compile(r"[^:]*[^:\s]\s*:\s*[A-Za-z_][\w.]*:[A-Za-z_][\w.]*"),
        "@json metadata: app.types:UserMetadata",
    ),
    "nest": (re.compile(r"\S+\s+by\s+\S+(\s*,\s*\S+)*"), "@nest members by id"),
    "optional": (re.compile(r"[:@]?\w+(\s*,\s*[:@]?\w+)*"), "@optional email, roles"),
    "order": (re.compile(r"\w+\s*=.+"), "@order newest = created_at DESC, id DESC; name = name, id"),
    "page": (re.compile(r".+"), "@page created_at DESC, id DESC"),
    "replica": (re.compile("(fresh)?"), "@replica or -- @replica fresh"),
    "row": (re.compile(r"[A-Za-z]\w*"), "@row UserSummary"),
    "timeout": (re.compile(r"0*[1-9]\d{0,5}\s*(ms|s|min)"), "@timeout 2s (or in ms, or min)"),
}
_DIRECTIVE = re.compile(r"\s*@(?P<word>\w+)[ \t]*(?P<text>[^\r\n]*)")


def read_directive(file: SourceFile, comment: str, offset: int, found: list[Directive]) -> Directive | None:
    """
    Return the directive that a comment line is, or None where it is documentation.

    ``offset`` is where the comment's text stands in the file, ``found`` what the query has already. Raises
    GenerationFailed for an unknown word, a form that is not the word's, and one that stands twice.
    """
    match = _DIRECTIVE.match(comment)
    if match is None:
        return None
    text = match["text"]
    text_offset = offset + match.start("text") + len(text) - len(text.lstrip())
    directive = Directive(match["word"], text.strip(), offset + match.start("word") - 1, text_offset)
    problem, hint = _problem(directive, found)
    if problem:
        raise GenerationFailed([file.diagnostic(directive.offset, len(directive.word) + 1, problem, hint=hint)])
    return directive


def _problem(directive: Directive, found: list[Directive]) -> tuple[str, str]:
    word = directive.word
    if word not in _FORMS:
        close = get_close_matches(word, _FORMS, n=1)
        there_are = ", ".join(f"@{each}" for each in sorted(_FORMS))
        hint = f"did you mean @{close[0]}?" if close else f"there are {there_are}; documentation does not begin with @"
        return f"unknown directive @{word}", hint
    form, example = _FORMS[word]
    if not form.fullmatch(directive.text) or (word == "cache" and read_cache(directive.text) is None):
        return f"malformed directive @{word}", f"write it as -- {example}"
    if word == "allow":
        return _unknown_rule(directive)
    if word == "row" and (keyword.iskeyword(directive.text) or directive.text in {*BUILTINS, "dataclass"}):
        return f'"{directive.text}" cannot be the name of a class there', f"write it as -- {example}"
    if word != "json" and any(each.word == word for each in found):
        return f"@{word} stands twice", "leave one of them"
    return "", ""


def _unknown_rule(directive: Directive) -> tuple[str, str]:
    known = [str(rule) for rule in Rule]
    for each in directive.text.split(","):
        if each.strip() not in known:
            close = get_close_matches(each.strip(), known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
            return f'no warning goes by "{each.strip()}"', hint
    return "", ""


def nest_of(source: SourceQuery) -> tuple[Directive, str, tuple[str, ...]] | None:
    """What ``@nest members by id`` asks for: the list's name, and the columns whose values make one row."""
    for directive in source.directives_called("nest"):
        name, _, keys = directive.text.partition(" ")
        listed = re.sub(r"^\s*by\s+", "", keys)
        return directive, name, tuple(each.strip() for each in listed.split(","))
    return None


def json_types_of(source: SourceQuery) -> list[tuple[Directive, str, str]]:
    """What ``@json metadata: app.types:UserMetadata`` asks for: columns or parameters, and the types of each."""
    found = []
    for directive in source.directives_called("json"):
        column, _, python = directive.text.partition(":")
        found.append((directive, column.strip(), python.strip()))
    return found


def timeout_of(source: SourceQuery) -> float | None:
    """What ``@timeout 2s`` allows the server, in seconds."""
    for directive in source.directives_called("timeout"):
        number, unit = re.findall(r"\d+|[a-z]+", directive.text)
        return int(number) * {"ms": 0.001, "s": 1.0, "min": 60.0}[unit]
    return None
