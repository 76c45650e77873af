"""
Annotations as text: whether None is among their values, and the names that they use.

They name types through private module aliases (``_dt.date``), which no column, table or query can
be called; only a builtin (``str``) may be hidden, by a field of that name beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

BUILTINS = frozenset({"bool", "bytes", "dict", "float", "int", "list", "object", "str", "tuple"})
"""The builtins that annotations use by their bare names."""

_BUILTIN = re.compile(rf"(?<![\w.])({'|'.join(sorted(BUILTINS))})\b")
_ALIAS = re.compile(r"(?<![\w.])(_\w+)\.")
_UNIONS_AND_FINAL = frozenset({"bool", "object", "None", "_j.Json", "_j.Inet", "_j.Cidr"})
_TAKE_NONE = frozenset({"None", "_j.Json", "_j.JsonInput"})


def optional(annotation: str, is_nullable: bool = True) -> str:
    """Return the annotation with ``| None`` where that is wanted and None is not among its values already."""
    if not is_nullable or annotation in _TAKE_NONE or annotation.endswith(" | None"):
        return annotation
    return f"{annotation} | None"


def is_union_or_final(annotation: str) -> bool:
    """Whether no ``NewType`` can be made of the type."""
    return annotation in _UNIONS_AND_FINAL


def aliases(annotations: Iterable[str]) -> set[str]:
    """Return the module aliases that these annotations use."""
    return {alias for annotation in annotations for alias in _ALIAS.findall(annotation)}


def unshadowed(annotations: Sequence[str], fields: Iterable[str]) -> list[str]:
    """Return the annotations of a class whose fields are called so, ``_b.str`` where one of them is ``str``."""
    taken = set(fields)

    def qualified(match: re.Match[str]) -> str:
        return f"_b.{match[1]}" if match[1] in taken else match[1]

    return [_BUILTIN.sub(qualified, each) for each in annotations]


def local(annotations: Sequence[str], fields: Iterable[str], alias: str) -> list[str]:
    """Return the annotations as written inside the module ``alias``, whose own classes need no prefix."""
    taken = set(fields)

    def bare(match: re.Match[str]) -> str:
        return match[0] if match[1] in taken else match[1]

    return [re.sub(rf"(?<![\w.]){alias}\.(\w+)", bare, each) for each in annotations]


def plain(annotation: str) -> str:
    """Return an annotation without the module aliases, for people and for ``inspect``."""
    return _ALIAS.sub("", annotation)
