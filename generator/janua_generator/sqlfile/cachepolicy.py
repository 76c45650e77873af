"""What ``@cache`` says: for how long answers are kept, and what they depend on besides tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from janua_generator.sqlfile.model import SourceQuery

_DURATION = r"(\d{1,6})\s*(ms|s|min|h|d)"
_SETTING = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_CLAUSE = re.compile(rf"\s+(?:stale\s+{_DURATION}|key\s+({_SETTING}(?:\s*,\s*{_SETTING})*)|volatile\s+(ok))(?=\s|$)")
_TTL = re.compile(_DURATION)
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class CacheRequest:
    """What a directive asks for: durations in seconds, the settings that answers depend on."""

    ttl: float
    stale: float = 0.0
    settings: tuple[str, ...] = ()
    volatile_ok: bool = False


def read_cache(text: str) -> CacheRequest | None:
    """Read the directive's text; None where it is malformed, or a clause stands twice."""
    match = _TTL.match(text)
    if match is None or not int(match[1]):
        return None
    found: dict[str, object] = {}
    at = match.end()
    while at < len(text):
        clause = _CLAUSE.match(text, at)
        if clause is None:
            return None
        if clause[4]:
            word, value = "volatile_ok", True
        elif clause[3]:
            word, value = "settings", tuple(each.strip().lower() for each in clause[3].split(","))  # type: ignore[assignment]
        else:
            word, value = "stale", _seconds(clause[1], clause[2])  # type: ignore[assignment]
        if word in found:
            return None
        found[word] = value
        at = clause.end()
    return CacheRequest(_seconds(match[1], match[2]), **found)  # type: ignore[arg-type]


def _seconds(number: str, unit: str) -> float:
    return int(number) * _SECONDS[unit]


def cache_of(source: SourceQuery) -> CacheRequest | None:
    """Return what ``@cache`` asks for, None without one."""
    for directive in source.directives_called("cache"):
        return read_cache(directive.text)
    return None
