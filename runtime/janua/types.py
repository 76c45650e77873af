"""Python types of PostgreSQL values that the standard library has no single name for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from enum import StrEnum
from typing import Self, TypeAlias, Union

Json: TypeAlias = Union[dict[str, "Json"], list["Json"], str, int, float, bool, None]
"""A decoded ``json`` or ``jsonb`` value."""

JsonInput: TypeAlias = Union[Mapping[str, "JsonInput"], Sequence["JsonInput"], str, int, float, bool, None]
"""What may be passed for a ``json`` or ``jsonb`` parameter: read-only, so that ``dict[str, str]`` fits."""

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
