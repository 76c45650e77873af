"""What is to be corrected in the tracking table. Nothing here talks to a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from janua.config import suggestion
from janua.errors import ConfigError
from janua.migrations.apply import down_section
from janua.migrations.checksums import checksum_of, checksum_of_statements
from janua.migrations.files import Migration
from janua.migrations.plan import statuses
from janua.migrations.records import Record, by_name, record_name
from janua.migrations.statements import statements_of


@dataclass(frozen=True, slots=True)
class Repair:
    """One correction: of the checksum or the name, of the record as a whole, or of where a migration stands."""

    name: str
    kind: Literal["edited", "renamed", "forget", "done", "undone"]
    new_name: str = ""
    checksum: str = ""
    done: int = 0

    def __str__(self) -> str:
        said = {
            "edited": "is recorded as it is now",
            "renamed": f"is recorded as {self.new_name}",
            "forget": "is not recorded any more",
            "done": f"goes on behind statement {self.done}",
            "undone": f"goes on with statement {self.done + 1}",
        }
        return f"{self.name}: {said[self.kind]}"


def repairs(
    files: Sequence[Migration],
    records: Sequence[Record],
    *,
    forget: Sequence[str] = (),
    done: Sequence[str] = (),
    undone: Sequence[str] = (),
) -> list[Repair]:
    """Return the corrections. Raises ConfigError for a name that none of the records in question has."""
    known = by_name(records)
    found = [Repair(_named(known, name).name, "forget") for name in forget]
    found += [_decided(files, known, name, is_done=True) for name in done]
    found += [_decided(files, known, name, is_done=False) for name in undone]
    forgotten = {each.name for each in found}
    return found + [each for each in _differences(files, records) if each.name not in forgotten]


def _differences(files: Sequence[Migration], records: Sequence[Record]) -> Iterator[Repair]:
    by_record_name = {record_name(file.path): file for file in files}
    missing = {record.checksum: record for record in records if record.name not in by_record_name}
    for status in statuses(files, records):
        if status.state in ("edited", "renamed"):
            checksum = checksum_of(by_record_name[status.name])
            if status.state == "edited":
                yield Repair(status.name, "edited", status.name, checksum)
            else:
                yield Repair(missing[checksum].name, "renamed", status.name, checksum)


def _named(known: dict[str, Record], name: str) -> Record:
    for candidate in (name, f"{name}.sql"):
        if candidate in known:
            return known[candidate]
    raise ConfigError(f"there is no record of a migration {name!r}{suggestion(name, known)}")


def _decided(files: Sequence[Migration], known: dict[str, Record], name: str, *, is_done: bool) -> Repair:
    record = _named(known, name)
    migration = next((file for file in files if record_name(file.path) == record.name), None)
    if record.in_doubt is None or migration is None:
        raise ConfigError(f"{record.name}: has not stopped in a statement of which nobody knows whether it is done")
    section = migration.up if record.under_way == "up" else down_section(migration)
    statements = statements_of(migration, section)
    done = record.done + is_done
    checksum = checksum_of_statements(statements[:done])
    return Repair(record.name, "done" if is_done else "undone", checksum=checksum, done=done)
