"""The steps from one object of the schema to the next, and what is gathered on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from janua_generator.analysis.dependencies.result import Obstacle
from janua_generator.catalog.wiring import Event, Oid


@dataclass(frozen=True, slots=True)
class Read:
    """A relation is read: by its own name (``named``) or as part of a parent."""

    relation: Oid
    only: bool = False
    named: bool = True


@dataclass(frozen=True, slots=True)
class Write:
    """A relation is written. ``columns`` are those that an UPDATE assigns, None where any may be."""

    relation: Oid
    event: Event
    columns: frozenset[str] | None = None
    only: bool = False
    named: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """A function is called."""

    function: Oid


@dataclass(frozen=True, slots=True)
class Check:
    """A value is made one of a domain, or of what is made of domains."""

    type: Oid


Node: TypeAlias = Read | Write | Call | Check


@dataclass(slots=True)
class Effects:
    """What is touched, by name; where it is not known, why not."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    unknown_reads: set[str] = field(default_factory=set)
    unknown_writes: set[str] = field(default_factory=set)
    obstacles: set[Obstacle] = field(default_factory=set)

    def add(self, other: Effects, *, quietly: bool = False) -> None:
        """Take in other effects; ``quietly`` without their obstacles."""
        self.reads |= other.reads
        self.writes |= other.writes
        self.unknown_reads |= other.unknown_reads
        self.unknown_writes |= other.unknown_writes
        if not quietly:
            self.obstacles |= other.obstacles

    @property
    def touch_something(self) -> bool:
        """Whether any table is touched, or may be."""
        return bool(self.reads or self.writes or self.unknown_reads or self.unknown_writes)


@dataclass(slots=True)
class Step:
    """
    What one object does by itself, and what it sets in motion.

    ``beside`` has no part in the result (a trigger, a check), so that it may be volatile.
    """

    effects: Effects = field(default_factory=Effects)
    next: list[Node] = field(default_factory=list)
    beside: list[Node] = field(default_factory=list)

    def add(self, other: Step, *, quietly: bool = False) -> None:
        """Do also what another step does."""
        self.effects.add(other.effects, quietly=quietly)
        (self.beside if quietly else self.next).extend(other.next)
        self.beside.extend(other.beside)

    def follow(self, nodes: Iterable[Node]) -> None:
        """Go on to these: a write is beside what the result is made of."""
        for node in nodes:
            (self.beside if isinstance(node, (Write, Check)) else self.next).append(node)
