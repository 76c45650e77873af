"""Values as JSON, for ``json`` and ``jsonb`` parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any

import msgspec


def json_bytes(value: object) -> bytes:
    """
    Encode builtins, dataclasses, msgspec and pydantic models, UUIDs, dates, enums and Decimals (as numbers).

    Raises ValueError for NaN and infinities, which JSON does not have, and TypeError for
    objects of other classes.
    """
    try:
        text = _ENCODER.encode(value)
    except ValueError:
        # msgspec 0.23 refuses a Decimal that is not finite, in words of its own
        _require_finite(value)
        raise
    # It writes floats that are not finite as null: only then is the value searched for one.
    if b"null" in text or b"NaN" in text or b"Infinity" in text:
        _require_finite(value)
    return text


def _require_finite(value: object) -> None:
    if not _is_finite(msgspec.to_builtins(value, builtin_types=(Decimal,), enc_hook=_encode_other)):
        raise ValueError("JSON has no NaN and no Infinity")


def _encode_other(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        # by the names that the model itself reads
        return value.model_dump(mode="json", by_alias=True)
    if hasattr(value, "__janua_dump__"):
        return value.__janua_dump__()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _is_finite(value: object) -> bool:
    match value:
        case float():
            return isfinite(value)
        case Decimal():
            return value.is_finite()
        case dict():
            return all(map(_is_finite, value.values()))
        case list() | tuple():
            return all(map(_is_finite, value))
        case _:
            return True


_ENCODER = msgspec.json.Encoder(enc_hook=_encode_other, decimal_format="number")
