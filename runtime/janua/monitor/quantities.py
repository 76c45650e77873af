"""Numbers as people read them."""

from __future__ import annotations

_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")
_DURATIONS = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"))


def size(number: float) -> str:
    """Return bytes with three digits or fewer, by PostgreSQL's units of 1024."""
    for unit in _SIZES:
        if abs(number) < 1000 or unit == _SIZES[-1]:
            break
        number /= 1024
    return f"{number:.0f} {unit}" if unit == "B" or abs(number) >= 10 else f"{number:.1f} {unit}"


def duration(seconds: float) -> str:
    """Return a time in the two units that matter."""
    for large, large_name, small, small_name in _DURATIONS:
        if seconds >= large:
            rest = int(seconds % large // small)
            return f"{int(seconds // large)} {large_name}" + (f" {rest} {small_name}" if rest else "")
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def milliseconds(number: float) -> str:
    """Return a time in ms, or in s where that is shorter."""
    if number >= 10_000:
        return duration(number / 1000)
    return f"{number:,.0f} ms" if number >= 100 else f"{number:.1f} ms" if number >= 1 else f"{number:.2f} ms"


def percent(part: float | None) -> str:
    """Return a part of 1 so that only all of it is 100 %."""
    if part is None:
        return "-"
    if 0.99 < part < 1:
        # 99.99 % of a cache's answers are not all of them.
        return f"{min(part, 0.9999) * 100:.2f} %"
    return f"{part * 100:.0f} %" if part == 1 or part >= 0.1 or part == 0 else f"{part * 100:.1f} %"


def number(value: float) -> str:
    """Return a count, shortened from ten thousand on."""
    for unit, factor in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= 10 * factor:
            return f"{value / factor:.0f}{unit}" if value >= 100 * factor else f"{value / factor:.1f}{unit}"
    return f"{value:,.0f}"


def count(value: int, noun: str, plural: str = "") -> str:
    """Return a number of things."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"
