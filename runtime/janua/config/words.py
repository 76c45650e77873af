"""How a configuration's mistakes are said: the known word that is meant, and TOML's names of types."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "…"?`` for the known word that is closest, or nothing where none is close."""
    close = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


_TYPE_NAMES = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "a boolean",
    "array": "an array",
    "object": "a table",
    "datetime": "a date and time",
    "date": "a date",
    "time": "a time",
}


def toml_words(message: str) -> str:
    """Return msgspec's complaint in TOML's words."""

    def named(match: re.Match[str]) -> str:
        return " or ".join(_TYPE_NAMES.get(each, f'"{each}"') for each in match[1].split(" | "))

    words = re.sub(r"`(\w+(?: \| \w+)*)`", named, message)
    return words[0].lower() + words[1:]


def type_name(value: object) -> str:
    """What TOML calls the type of a value."""
    name = {"list": "array", "dict": "object"}.get(type(value).__name__, type(value).__name__)
    return _TYPE_NAMES.get(name, name)
