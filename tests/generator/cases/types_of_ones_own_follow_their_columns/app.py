"""The types that the case puts in the place of the usual ones."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, TypedDict
from uuid import UUID

Id = NewType("Id", UUID)
Code = NewType("Code", str)
Low = NewType("Low", int)
Ids = list[Id]
Shown = NewType("Shown", str)
Sought = NewType("Sought", str)


class Tag(StrEnum):
    """An element of ``tags``."""

    NEW = "new"


class Meta(TypedDict):
    """A document."""

    name: str


class Part(TypedDict, total=False):
    """A part of it."""

    name: str


@dataclass
class Other:
    """Another document."""

    name: str


@dataclass
class It:
    """Another document."""

    name: str


@dataclass
class Note:
    """Another document."""

    name: str


@dataclass
class Built:
    """One that a query builds."""

    id: UUID


class Count:
    """A number of its own."""

    def __init__(self, number: int) -> None:
        self.number = number
