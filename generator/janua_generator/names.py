"""
Names: from SQL's to Python's, without meeting a keyword, a builtin or each other.

A keyword gains a trailing underscore everywhere, a builtin only as the name of a function,
and the first parameter's own name, ``db``, as the name of another. No name begins with an
underscore: those are the generated modules' own (``_dt``, ``_GET_USER``), a type checker takes
them for private, and ``__x`` would be mangled.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BUILTINS = frozenset(dir(builtins))
_IMPORTED = frozenset({"annotations", "dataclass", "overload"})

RESERVED_MODULES = frozenset({"constraints", "enums", "factories", "models", "tables"})
"""Modules of the generated package that the generator itself fills."""

_IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "indices": "index", "matrices": "matrix",
    "vertices": "vertex", "data": "data", "media": "media", "criteria": "criterion", "series": "series",
    "species": "species", "news": "news", "movies": "movie", "cookies": "cookie", "caches": "cache", "axes": "axis",
    "analyses": "analysis", "databases": "database", "aliases": "alias", "statuses": "status", "buses": "bus",
    "leaves": "leaf", "shelves": "shelf", "lives": "life", "wives": "wife", "knives": "knife", "quizzes": "quiz",
    "houses": "house", "purchases": "purchase", "responses": "response", "licenses": "license", "leases": "lease",
    "releases": "release", "cases": "case", "courses": "course", "expenses": "expense", "phases": "phase",
    "phrases": "phrase", "causes": "cause", "clauses": "clause", "uses": "use", "increases": "increase",
}  # fmt: skip


def snake_case(name: str) -> str:
    """``ListUsers`` and ``listUsers`` to ``list_users``."""
    return _identifier(_identifier(_WORD_START.sub("_", name)).lower())


def class_name(name: str) -> str:
    """``member_role`` to ``MemberRole``; what is CamelCase already stays so."""
    words = [word for word in _identifier(name).split("_") if word]
    camel = _identifier("".join(word[0].upper() + word[1:] for word in words)) or "Unnamed"
    # the tables "none" and "true"
    return f"{camel}_" if keyword.iskeyword(camel) else camel


def relation_class(name: str) -> str:
    """The class of a table's rows: ``user_sessions`` to ``UserSession``."""
    head, separator, last = name.rpartition("_")
    return class_name(head + separator + singular(last))


def singular(word: str) -> str:
    """The singular of an English plural, or the word itself."""
    lower = word.lower()
    if lower in _IRREGULAR:
        found = _IRREGULAR[lower]
        return word[0] + found[1:] if found[0] == lower[0] else found
    if lower.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if lower.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if lower.endswith("s") and not lower.endswith(("ss", "us", "is")) and len(word) > 2:
        return word[:-1]
    return word


def field_name(name: str) -> str:
    """A column as an attribute of its row; it may be called like a builtin."""
    return _no_keyword(_identifier(name) or "column")


def parameter_name(name: str) -> str:
    """A parameter of a generated function, whose first one is called ``db`` and whose defaults are ``UNSET``."""
    identifier = _no_keyword(_identifier(name) or "value")
    return f"{identifier}_" if identifier in ("db", "UNSET", "Unset") else identifier


def function_name(name: str) -> str:
    """A query as a function, which must not hide a builtin or what its module imports."""
    identifier = _no_keyword(snake_case(name) or "query")
    return f"{identifier}_" if identifier in _BUILTINS | _IMPORTED else identifier


def module_name(stem: str) -> str:
    """A query file as a module, which must not be one of the generator's own."""
    identifier = _no_keyword(snake_case(stem) or "queries")
    return f"{identifier}_" if identifier in RESERVED_MODULES else identifier


def module_stem(path: str) -> str:
    """The name of the module that a query file becomes."""
    return module_name(PurePosixPath(path).stem)


def member_name(label: str) -> str:
    """An enum's label as a member: ``past due`` to ``PAST_DUE``."""
    # once more, for letters whose capital is two characters
    return _identifier(_identifier(label).upper()) or "EMPTY"


def constant_name(function: str) -> str:
    """The private constant that holds a function's statement."""
    return f"_{function.upper()}"


def distinct(identifiers: Iterable[str]) -> list[str]:
    """The identifiers in their order, those that were there already with underscores behind them."""
    found: dict[str, None] = {}
    for identifier in identifiers:
        while identifier in found:
            identifier += "_"
        found[identifier] = None
    return list(found)


def _no_keyword(identifier: str) -> str:
    return f"{identifier}_" if keyword.iskeyword(identifier) else identifier


@lru_cache(maxsize=50_000)
def _identifier(name: str) -> str:
    """
    The nearest identifier, or nothing where no character of the name can be part of one.

    In the normal form to which Python brings identifiers (its reference, "Identifiers and keywords").
    """
    text = unicodedata.normalize("NFKC", name)
    words = "".join(char if f"_{char}".isidentifier() else " " for char in text).split()
    identifier = "_".join(words).lstrip("_")
    if identifier and not identifier.isidentifier():
        # a digit or an accent; with the letter before it, the accent may become one character
        identifier = unicodedata.normalize("NFKC", f"n{identifier}")
    return identifier
