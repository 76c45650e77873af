"""Python types of PostgreSQL values that the standard library has no single name for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
    """A decoded ``json`` or ``jsonb`` value."""

    JsonInput: TypeAlias = Mapping[str, "JsonInput"] | Sequence["JsonInput"] | str | int | float | bool | None
    """What may be passed for a ``json`` or ``jsonb`` parameter: read-only, so that ``dict[str, str]`` fits."""
else:
    # Classes at run time: msgspec follows no recursion, and takes any value for one; pydantic is shown the recursion,
    # which it cannot follow without a name.
    if sys.version_info >= (3, 12):
        from typing import TypeAliasType
    else:
        from typing_extensions import TypeAliasType

    _Json = TypeAliasType("Json", "dict[str, _Json] | list[_Json] | str | int | float | bool | None")
    _JsonInput = TypeAliasType(
        "JsonInput", "Mapping[str, _JsonInput] | Sequence[_JsonInput] | str | int | float | bool | None"
    )

    class _AnyJson(type):
        def __instancecheck__(cls, value):
            return value is None or isinstance(value, Mapping | Sequence | int | float)

        @staticmethod
        def __janua_load__(value):
            return value

    class Json(metaclass=_AnyJson):
        """A decoded ``json`` or ``jsonb`` value."""

        @classmethod
        def __get_pydantic_core_schema__(cls, _source, handler):
            return handler.generate_schema(_Json)

    class JsonInput(metaclass=_AnyJson):
        """What may be passed for a ``json`` or ``jsonb`` parameter."""

        @classmethod
        def __get_pydantic_core_schema__(cls, _source, handler):
            return handler.generate_schema(_JsonInput)


Inet: TypeAlias = IPv4Address | IPv6Address | IPv4Interface | IPv6Interface
"""An ``inet`` value: an address, or an interface where it carries a netmask."""

Cidr: TypeAlias = IPv4Network | IPv6Network
"""A ``cidr`` value."""


@dataclass(frozen=True, slots=True)
class Interval:
    """
    An ``interval`` as PostgreSQL keeps it: a month has no fixed number of days, a day none of hours.

    What queries give where ``[tool.janua]`` says ``intervals = "exact"``; as a parameter it may be
    passed in any case. Two that PostgreSQL calls equal (30 days, a month) are different here.
    """

    months: int = 0
    days: int = 0
    microseconds: int = 0

    @classmethod
    def of(cls, value: timedelta) -> Self:
        """Return the interval with the days, and the rest as microseconds, of a timedelta."""
        return cls(0, value.days, value.seconds * 1_000_000 + value.microseconds)

    def timedelta(self) -> timedelta:
        """Return the same as a timedelta. Raises ValueError where there are months."""
        if self.months:
            raise ValueError("an interval with months has no fixed length")
        return timedelta(days=self.days, microseconds=self.microseconds)


class OpenEnum(StrEnum):
    """
    An enum of the database, which may grow while this code runs.

    A label that the class does not know becomes a member of its own: equal to its label, with
    the label as its name, but not listed by the class. Only what comes from the database is
    trusted so: a pydantic model with a field of the class accepts its listed members alone from
    outside, and any member that the program itself puts in.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Callable[[Any], Any]) -> dict[str, Any]:
        # By hand what pydantic_core's no_info_before_validator_function makes: pydantic may not be there.
        refuse = {"type": "no-info", "function": cls._refuse_unknown}
        return {"type": "function-before", "function": refuse, "schema": handler(source)}

    @classmethod
    def _refuse_unknown(cls, value: object) -> object:
        labels = [member.value for member in cls]
        if isinstance(value, str) and not isinstance(value, cls) and value not in labels:
            raise ValueError(f"must be one of {', '.join(map(repr, labels))}")
        return value
