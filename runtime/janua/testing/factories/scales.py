"""
Ordered types as whole numbers: values far enough from each other, within bounds, and never twice.

A scale turns a value into a number and back, so that bounds and distances are plain arithmetic whatever the type.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import ceil, floor
from typing import Any

_DAY_US = 86_400_000_000
_MICROSECOND = dt.timedelta(microseconds=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TIME = re.compile(r"(-?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?")
_UNIT = re.compile(r"(-?\d+) (year|mon|week|day|hour|minute|second)s?")
_UNIT_DAYS = {"year": 365, "mon": 30, "week": 7, "day": 1, "hour": 1 / 24, "minute": 1 / 1440, "second": 1 / 86400}


@dataclass(frozen=True, slots=True)
class Scale:
    """
    How an ordered type is numbered.

    ``start`` is the number before the first value where nothing bounds it, ``stride`` what lies between two,
    ``least`` and ``most`` are the type's own bounds.
    """

    read: Callable[[str], Any]
    number: Callable[[Any], Fraction]
    value: Callable[[int], Any]
    start: int = 0
    stride: int = 1
    least: int = 0
    most: int = 2**31 - 1

    def pick(self, at: int, low: int | None, high: int | None) -> int:
        """Return the number of the value ``at`` (from 1 on) within the bounds; raises ValueError where none is."""
        least = self.least if low is None else low
        most = self.most if high is None else high
        if least > most:
            raise ValueError("no value lies within the bounds")
        if low is None and high is None:
            found = self.start + at * self.stride
        elif high is None:
            found = least + (at - 1 if self.stride == 1 else at) * self.stride
        elif low is None:
            found = most - at * self.stride
        else:
            found = most + 1
        return found if least <= found <= most else _wrapped(at, least, most, self.stride)


def _wrapped(at: int, least: int, most: int, stride: int) -> int:
    """Values in equal steps, the next round beginning one further."""
    span = most - least + 1
    step = min(stride, max(1, span // 100))
    rounds = max(1, span // step)
    return least + ((at - (step == 1)) % rounds * step + at // rounds) % span


def scale_of(type_: str, modifier: tuple[int, ...] = ()) -> Scale | None:
    """Return the scale of a type as ``format_type`` spells it, with the numbers behind it; None where it has none."""
    if type_ == "numeric" and modifier:
        precision, digits = (*modifier, 0)[:2]
        return _numeric(digits, 10**precision - 1)
    scale = _SCALES.get(type_)
    if type_ in ("date", "timestamp without time zone", "timestamp with time zone") and scale is not None:
        today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return replace(scale, start=today.toordinal() if type_ == "date" else int(_microseconds(today)))
    return scale


def bounded(scale: Scale, operator: str, value: Any) -> tuple[int | None, int | None]:
    """Return the least and the greatest number for which ``number operator value`` holds."""
    number = scale.number(value)
    match operator:
        case ">":
            return floor(number) + 1, None
        case ">=":
            return ceil(number), None
        case "<":
            return None, ceil(number) - 1
        case "<=":
            return None, floor(number)
        case _:
            return ceil(number), floor(number)


def _integer(most: int) -> Scale:
    return Scale(int, Fraction, int, least=-most - 1, most=most)


def _numeric(digits: int, most: int) -> Scale:
    factor = Fraction(10) ** digits
    return Scale(
        Decimal,
        lambda value: Fraction(value) * factor,
        lambda number: Decimal(number).scaleb(-digits),
        stride=max(1, int(factor)),
        least=-most,
        most=most,
    )


def _float(value: int) -> float:
    return value / 1000


def _read_date(text: str) -> dt.date:
    return dt.datetime.now(dt.UTC).date() if text == "now()" else dt.date.fromisoformat(text)


def _read_moment(text: str, *, is_naive: bool) -> dt.datetime:
    found = dt.datetime.now(dt.UTC) if text == "now()" else dt.datetime.fromisoformat(text)
    if is_naive:
        return found.replace(tzinfo=None)
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)


def _microseconds(value: dt.datetime) -> Fraction:
    moment = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
    return Fraction((moment - _EPOCH) // _MICROSECOND)


def _moment(number: int, *, is_naive: bool) -> dt.datetime:
    found = _EPOCH + number * _MICROSECOND
    return found.replace(tzinfo=None) if is_naive else found


def _moments(is_naive: bool) -> Scale:
    return Scale(
        partial(_read_moment, is_naive=is_naive),
        _microseconds,
        partial(_moment, is_naive=is_naive),
        stride=_DAY_US,
        least=-62_135_596_800_000_000,
        most=253_402_300_799_000_000,
    )


def read_interval(text: str) -> dt.timedelta:
    """Return an interval that PostgreSQL printed; its months count 30 days. Raises ValueError."""
    found = dt.timedelta()
    for number, unit in _UNIT.findall(text):
        found += dt.timedelta(days=int(number) * _UNIT_DAYS[unit])
    time = _TIME.search(text)
    if time is not None:
        part = dt.timedelta(hours=int(time[2]), minutes=int(time[3]), seconds=float(time[4] or 0))
        found += -part if time[1] else part
    elif not _UNIT.search(text):
        raise ValueError("no interval")
    return found


def _clock(number: int, zone: dt.tzinfo | None = None) -> dt.time:
    return (_EPOCH + number * _MICROSECOND).time().replace(tzinfo=zone)


def _clock_number(value: dt.time) -> Fraction:
    since = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return Fraction(since // _MICROSECOND)


_SCALES: dict[str, Scale] = {
    "smallint": _integer(2**15 - 1),
    "integer": _integer(2**31 - 1),
    "bigint": _integer(2**63 - 1),
    "oid": Scale(int, Fraction, int, most=2**31 - 1),
    "xid": Scale(int, Fraction, int, most=2**31 - 1),
    "xid8": Scale(int, Fraction, int, most=2**31 - 1),
    "cid": Scale(int, Fraction, int, most=2**31 - 1),
    "numeric": _numeric(2, 10**15),
    "real": Scale(float, lambda value: Fraction(value) * 1000, _float, stride=1000, least=-(10**6), most=10**6),
    "double precision": Scale(
        float, lambda value: Fraction(value) * 1000, _float, stride=1000, least=-(10**12), most=10**12
    ),
    "date": Scale(
        _read_date,
        lambda value: Fraction(value.toordinal()),
        dt.date.fromordinal,
        least=1,
        most=dt.date.max.toordinal(),
    ),
    "timestamp without time zone": _moments(True),
    "timestamp with time zone": _moments(False),
    "time without time zone": Scale(dt.time.fromisoformat, _clock_number, _clock, stride=60_000_000, most=_DAY_US - 1),
    "time with time zone": Scale(
        dt.time.fromisoformat, _clock_number, partial(_clock, zone=dt.UTC), stride=60_000_000, most=_DAY_US - 1
    ),
    "interval": Scale(
        read_interval,
        lambda value: Fraction(value // _MICROSECOND),
        lambda number: number * _MICROSECOND,
        stride=_DAY_US,
        least=-(10**17),
        most=10**17,
    ),
}
