"""Python types of PostgreSQL values that the standard library has no single name for."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import TYPE_CHECKING, Self, TypeAlias

if TYPE_CHECKING:
    Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
    """A decoded ``json`` or ``jsonb`` value."""

    JsonInput: TypeAlias = Mapping[str, "JsonInput"] | Sequence["JsonInput"] | str | int | float | bool | None
    """What may be passed for a ``json`` or ``jsonb`` parameter: read-only, so that ``dict[str, str]`` fits."""
else:
    # The same with a name at run time, without which pydantic cannot follow the recursion.
    if sys.version_info >= (3, 12):
        from typing import TypeAliasType
    else:
        from typing_extensions import TypeAliasType

    Json = TypeAliasType("Json", "dict[str, Json] | list[Json] | str | int | float | bool | None")
    JsonInput = TypeAliasType(
        "JsonInput", "Mapping[str, JsonInput] | Sequence[JsonInput] | str | int | float | bool | None"
    )

Inet: TypeAlias = IPv4Address | IPv6Address | IPv4Interface | IPv6Interface
"""An ``inet`` value: an address, or an interface where it carries a netmask."""

Cidr: TypeAlias = IPv4Network | IPv6Network
"""A ``cidr`` value."""


class OpenEnum(StrEnum):
    """
    An enum of the database, which may grow while this code runs.

    A label that the class does not know becomes a member of its own: equal to its label, with
    the label as its name, but not listed by the class.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member
