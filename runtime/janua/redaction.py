"""What may be said of an error in a log: the server's message without the values that it quotes."""

from __future__ import annotations

import re

# From the first mark to the last one, of whichever language: a value may have some in it. Bytes have none around them.
_MARKS = "\"'\u00ab\u00bb\u201e\u201c\u201d\u2018\u2019"
_QUOTED = re.compile(f"[{_MARKS}].*[{_MARKS}]", re.DOTALL)
_BYTES = re.compile(r"\b0x[0-9a-f]+", re.IGNORECASE)
# Messages that name objects of the database, and values in their details only (appendix "PostgreSQL Error Codes").
_NAMES_ONLY = ("08", "0A", "21", "23", "25", "28", "2B", "3D", "3F", "40", "42", "53", "54", "55", "57", "58")
_QUOTES_VALUES = ("22",)


def message_of(error: BaseException) -> str:
    """
    Return the server's message, fit for a log: quoted values are left out, and its details, which hold values.

    Empty for errors that do not come from the server, and for those that its functions raise with words of their own.
    """
    sqlstate = getattr(error, "sqlstate", None) or ""
    message = getattr(getattr(error, "diag", None), "message_primary", None) or ""
    if sqlstate.startswith(_NAMES_ONLY):
        return message
    if sqlstate.startswith(_QUOTES_VALUES):
        return _BYTES.sub("0x…", _QUOTED.sub('"…"', message))
    return ""
