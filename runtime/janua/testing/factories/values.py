"""Values for a column, one after the other, until one fits all that is asked of it."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from janua.errors import FactoryError
from janua.testing.factories.conditions import Condition, holds, scale_for
from janua.testing.factories.scales import bounded
from janua.testing.factories.texts import text_values
from janua.testing.factories.types import TypeBook

_TRIES = 120
_TEXTS = ("text", "character varying", "character", "bpchar", "name", '"char"', "citext")
_FORMS = {
    "macaddr": "02:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}",
    "macaddr8": "02:00:00:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}",
    "money": "{n}.00",
    "xml": "<row>{n}</row>",
    "tsvector": "'{n}'",
    "tsquery": "'{n}'",
    "jsonpath": "$.n{n}",
    "pg_lsn": "0/{n:X}",
    "tid": "(0,{m})",
    "point": "({n},0)",
    "line": "{{1,0,{n}}}",
    "lseg": "[({n},0),({n},1)]",
    "box": "({n},1),({n},0)",
    "path": "[({n},0),({n},1)]",
    "polygon": "(({n},0),({n},1),({n},1))",
    "circle": "<({n},0),1>",
    "ltree": "n{n}",
    "lquery": "n{n}",
    "ltxtquery": "n{n}",
    "cube": "({n})",
    "seg": "{n}",
    "regclass": "pg_class",
    "regtype": "text",
    "regproc": "now",
    "regconfig": "simple",
    "regnamespace": "pg_catalog",
    "regrole": "pg_monitor",
    "pg_snapshot": "{n}:{n}:",
    "txid_snapshot": "{n}:{n}:",
    "refcursor": "cursor-{n}",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column for which a value is wanted; ``items`` are the conditions on each element of an array."""

    name: str
    type: str
    modifier: tuple[int, ...]
    is_unique: bool
    conditions: tuple[Condition, ...]
    items: tuple[Condition, ...] = ()


def values(book: TypeBook, wanted: Wanted, at: int) -> Iterator[Any]:
    """
    Yield values that meet the conditions, best first; those of different numbers ``at`` differ where they can.

    Yields nothing where none is found. Raises FactoryError for a type of which no value can be made.
    """
    if any(each.operator == "null" for each in wanted.conditions):
        yield None
        return
    conditions = [each for each in wanted.conditions if each.operator != "not null"]
    candidates = _fixed(conditions) or _candidates(book, wanted, conditions)
    # What is not unique need not differ: numbers that stay small fit more of the checks that nobody can read.
    first = at if wanted.is_unique or not _is_counted(book, wanted.type) else 1
    for number in range(first, first + _TRIES):
        for value in candidates(number):
            if all(holds(book, wanted.type, each, value) for each in conditions):
                yield _typed(book, wanted.type, value)


def _is_counted(book: TypeBook, type_: str) -> bool:
    return bool(scale_for(book, type_, "") or book.subtype(type_) or book.multirange(type_))


def _fixed(conditions: Sequence[Condition]) -> Any:
    """What makes the value that a condition names, or those of a list in turn."""
    for operator, of, right in conditions:
        if not of and operator == "=" and right is not None:
            return lambda at: [right]
        if not of and operator == "in":
            return lambda at: [right[(at - 1) % len(right)]]
    return None


def _typed(book: TypeBook, type_: str, value: Any) -> Any:
    enum = book.enum(type_)
    return enum(value) if enum is not None and isinstance(value, str) else value


def _candidates(book: TypeBook, wanted: Wanted, conditions: Sequence[Condition]) -> Any:
    type_, plain = wanted.type, book.plain(wanted.type)
    if type_.endswith("[]"):
        return lambda at: [_array(book, wanted, conditions, at)]
    if (enum := book.enum(type_)) is not None:
        labels = list(enum)
        return lambda at: [labels[(at - 1) % len(labels)]] if wanted.is_unique else labels
    if (subtype := book.subtype(type_)) is not None:
        return lambda at: [_range(book, wanted, subtype, conditions, at)]
    if (subtype := book.multirange(type_)) is not None:
        return lambda at: [Multirange([_range(book, wanted, subtype, conditions, at)])]
    if (composite := book.composite(type_)) is not None:
        return lambda at: [_composite(book, wanted, *composite, at)]
    if (scale := scale_for(book, type_, "", wanted.modifier)) is not None:
        low, high = bounds(book, wanted, "", conditions)
        _, widest = bounds(book, wanted, "abs", conditions)
        if widest is not None:
            low = -widest if low is None else max(low, -widest)
            high = widest if high is None else min(high, widest)
        return lambda at: [scale.value(scale.pick(at, low, high))]
    if plain in _TEXTS:
        least, most = _lengths(book, wanted, conditions)
        return lambda at: text_values(wanted.name, conditions, least, most, at)
    return lambda at: [_plain(book, wanted, plain, conditions, at)]


def bounds(book: TypeBook, wanted: Wanted, of: str, conditions: Sequence[Condition]) -> tuple[int | None, int | None]:
    """Return the least and the greatest number that the conditions on a measure leave."""
    scale = scale_for(book, wanted.type, of, wanted.modifier)
    low: int | None = None
    high: int | None = None
    for operator, measure, right in conditions:
        if scale is None or right is None or measure != of or operator not in ("=", "<", "<=", ">", ">="):
            continue
        least, most = bounded(scale, operator, right)
        low = least if low is None else low if least is None else max(low, least)
        high = most if high is None else high if most is None else min(high, most)
    return low, high


def _lengths(book: TypeBook, wanted: Wanted, conditions: Sequence[Condition]) -> tuple[int, int | None]:
    found = [bounds(book, wanted, each, conditions) for each in ("length", "octet_length", "cardinality")]
    least = max([low for low, _ in found if low is not None], default=0)
    most = [high for _, high in found if high is not None]
    if wanted.modifier and not wanted.type.endswith("[]"):
        most.append(wanted.modifier[0])
    if wanted.type in ('"char"', "character") and not wanted.modifier:
        most.append(1)
    if wanted.type == "name":
        most.append(63)
    return least, min(most, default=None)


def _array(book: TypeBook, wanted: Wanted, conditions: Sequence[Condition], at: int) -> list[Any]:
    least, _ = _lengths(book, wanted, conditions)
    allowed = next((each.right for each in conditions if each.operator == "<@"), None)
    needed = max(least, 1 if wanted.is_unique else 0)
    listed = [Condition("in", "", allowed)] if allowed else []
    element = Wanted(wanted.name, wanted.type.removesuffix("[]"), wanted.modifier, True, (*listed, *wanted.items))
    found = []
    for place in range(needed):
        value = next(values(book, element, at + place), None)
        if value is None:
            raise FactoryError(f"no element can be made for {wanted.name}: give {wanted.name}")
        found.append(value)
    return found


def _range(book: TypeBook, wanted: Wanted, subtype: str, conditions: Sequence[Condition], at: int) -> Range[Any]:
    scale = scale_for(book, subtype, "")
    if scale is None:
        raise _needs(wanted)
    low, high = bounds(book, wanted, "lower", conditions)
    lower = scale.pick(2 * at - 1, low, high)
    least, most = bounds(book, wanted, "upper", conditions)
    upper = lower + scale.stride
    if (most is not None and upper > most) or (least is not None and upper < least):
        upper = scale.pick(at, max(least or lower + 1, lower + 1), most)
    return Range(scale.value(lower), scale.value(upper), "[)")


def _composite(book: TypeBook, wanted: Wanted, made: type[Any], types: tuple[str, ...], at: int) -> Any:
    fields = (Wanted(wanted.name, type_, (), wanted.is_unique, ()) for type_ in types)
    return made(*(next(values(book, each, at), None) for each in fields))


def _plain(book: TypeBook, wanted: Wanted, plain: str, conditions: Sequence[Condition], at: int) -> Any:
    match plain:
        case "boolean":
            return at % 2 == 0 if wanted.is_unique or conditions else False
        case "uuid":
            return uuid.uuid4()
        case "bytea":
            least, most = _lengths(book, wanted, conditions)
            size = max(least, min(16, 16 if most is None else most))
            return (at % 256 ** max(size, 1)).to_bytes(size, "big") if size else b""
        case "json" | "jsonb":
            return _json(wanted, conditions, at)
        case "inet":
            return ipaddress.ip_address((10 << 24) + at % 2**24)
        case "cidr":
            return ipaddress.ip_network((10 << 24) + at % 2**24)
        case "bit" | "bit varying" | "varbit":
            size = wanted.modifier[0] if wanted.modifier else 1
            return f"{at % 2**size:0{size}b}"
        case "hstore":
            return {"n": str(at)}
        case "vector" | "halfvec":
            return [float(at), *[0.0] * ((wanted.modifier[0] if wanted.modifier else 1) - 1)]
    if plain not in _FORMS:
        raise _needs(wanted)
    a, b, c, d = at.to_bytes(8, "big")[-4:]
    return _FORMS[plain].format(n=at, m=at % 60000 + 1, a=a, b=b, c=c, d=d)


def _json(wanted: Wanted, conditions: Sequence[Condition], at: int) -> Any:
    kinds = [each.right for each in conditions if each.of == "json_typeof" and each.operator in ("=", "in")]
    kind = kinds[0] if kinds and isinstance(kinds[0], str) else kinds[0][0] if kinds else ""
    sizes = [each for each in conditions if each.of == "cardinality"]
    if kind == "array" or sizes:
        return [at] * sum(each.operator in (">", ">=", "=", "<>") and (int(each.right) or 1) for each in sizes)
    keys = {each.right: None for each in conditions if each.operator == "has"}
    simple = {"string": str(at), "number": at, "boolean": True}
    return simple.get(kind, {**keys, **({"n": at} if wanted.is_unique else {})})


def _needs(wanted: Wanted) -> FactoryError:
    return FactoryError(f"no value of the type {wanted.type} can be made: give {wanted.name}")
