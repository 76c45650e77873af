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
from typing import TypeAlias, Union

Json: TypeAlias = Union[dict[str, "Json"], list["Json"], str, int, float, bool, None]
"""A decoded ``json`` or ``jsonb`` value."""

JsonInput: TypeAlias = Union[Mapping[str, "JsonInput"], Sequence["JsonInput"], str, int, float, bool, None]
"""What may be passed for a ``json`` or ``jsonb`` parameter: read-only, so that ``dict[str, str]`` fits."""

Inet: TypeAlias = IPv4Address | IPv6Address | IPv4Interface | IPv6Interface
"""An ``inet`` value: an address, or an interface where it carries a netmask."""

Cidr: TypeAlias = IPv4Network | IPv6Network
"""A ``cidr`` value."""
