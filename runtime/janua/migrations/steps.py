"""What a migrator does, or would do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from janua.migrations.records import Direction


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """One migration applied or taken back; ``duration_ms`` is None where it was not, as in a dry run."""

    name: str
    direction: Direction
    sql: str
    duration_ms: float | None = None

    @property
    def label(self) -> str:
        """How it is called while it runs."""
        return f"{self.direction:<4}  {self.name}"

    def took(self, milliseconds: float) -> MigrationStep:
        """Return it as done."""
        return replace(self, duration_ms=milliseconds)
