"""Types of a project's own, as its modules would hold them."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, NewType, Self, TypedDict
from uuid import UUID

import msgspec
import pydantic
from typing_extensions import TypeAliasType

Word = NewType("Word", str)
Size = Literal["small", "large"]
Positive = Annotated[int, msgspec.Meta(gt=0)]


class Outer:
    class Nested(StrEnum):
        ONE = "one"


class Plain(Enum):
    FIRST = 1


class Label(str):
    pass


Pair = namedtuple("Pair", "a b")


@dataclass
class Wrapped:
    it: Decimal


class Shown:
    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class Mute:
    def __init__(self, value: object) -> None:
        self.value = value


class Hooked:
    def __init__(self, value: Any, by: str) -> None:
        self.value, self.by = value, by

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hooked) and self.value == other.value

    @classmethod
    def __janua_load__(cls, value: Any) -> Self:
        return cls(value, "load")

    def __janua_dump__(self) -> Any:
        return self.value


class Inner(TypedDict):
    key: UUID


Named = TypeAliasType("Named", dict[str, list[Inner] | None])


class Model(pydantic.BaseModel):
    amount: Decimal
    inner_key: int = pydantic.Field(default=0, alias="innerKey")


@dataclass
class Mixed:
    model: Model
    hooked: Hooked
    any: Any = None


Amounts = TypeAliasType("Amounts", dict[str, Model])
Models = list[Model] | Amounts


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    colour: Literal["red", "green"] = "red"


@dataclass
class Choosy:
    text: str

    def __post_init__(self) -> None:
        raise ValueError(f"{self.text} is bad")


@dataclass
class Cat:
    meows: int


@dataclass
class Dog:
    barks: int


Pet = Cat | Dog | None
Pets = dict[str, list[Cat | Dog]]


class Recursive(msgspec.Struct):
    children: list[Recursive] = []


class Unreadable:
    pass


Sets = dict[int, "set[Cat | Dog]"]
