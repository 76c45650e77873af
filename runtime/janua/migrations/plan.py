"""Which migrations are to run: the files beside what the tracking table says. Nothing here talks to a server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from janua.config import suggestion
from janua.errors import ConfigError, MigrationError
from janua.migrations.checksums import checksum_of
from janua.migrations.files import Migration
from janua.migrations.records import Record, by_name, record_name

State: TypeAlias = Literal["applied", "pending", "out of order", "edited", "missing", "renamed", "unfinished"]


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """
    How it stands with a migration. ``applied_at`` is None, and ``duration_ms`` too, where it is not applied.

    ``state`` is "applied" or "pending" where all is well. Otherwise: "out of order" is pending though a later one is
    applied; "edited" is applied, and its UP section says something else now; "missing" is applied and has no file;
    "renamed" is pending, and says what one does that is missing; "unfinished" has stopped between
    two statements. ``note`` says more about these.
    """

    name: str
    applied: bool
    applied_at: datetime | None
    state: State
    duration_ms: float | None = None
    applied_by: str = ""
    note: str = ""


def statuses(files: Sequence[Migration], records: Sequence[Record]) -> list[MigrationStatus]:
    """Return how it stands with each file, in their order, and behind them with each record that has no file."""
    known = by_name(records)
    names = {record_name(file.path) for file in files}
    missing = [record for record in records if record.name not in names]
    renamed = {record.checksum: record for record in missing}
    found = [_status(file, known, renamed, is_late) for file, is_late in _with_lateness(files, known)]
    return found + [_of_record(record, "missing", "there is no such file") for record in missing]


def _with_lateness(files: Sequence[Migration], known: dict[str, Record]) -> list[tuple[Migration, bool]]:
    """Each file, and whether one that comes later is applied."""
    applied = [at for at, file in enumerate(files) if record_name(file.path) in known]
    last = applied[-1] if applied else -1
    return [(file, at < last) for at, file in enumerate(files)]


def _status(file: Migration, known: dict[str, Record], renamed: dict[str, Record], is_late: bool) -> MigrationStatus:
    name = record_name(file.path)
    record = known.get(name)
    if record is None:
        was = renamed.get(checksum_of(file)) if renamed else None
        if was is not None:
            return MigrationStatus(name, False, None, "renamed", note=f"is applied as {was.name}")
        note = "a later one is applied" if is_late else ""
        return MigrationStatus(name, False, None, "out of order" if is_late else "pending", note=note)
    if record.under_way is not None:
        way = "applied" if record.under_way == "up" else "taken back"
        return _of_record(record, "unfinished", f"half {way}: stopped behind statement {record.done}")
    if record.checksum != checksum_of(file):
        return _of_record(record, "edited", "its UP section was changed after it was applied")
    return _of_record(record, "applied", "")


def _of_record(record: Record, state: State, note: str) -> MigrationStatus:
    is_applied = record.applied_at is not None and record.under_way is None
    return MigrationStatus(
        name=record.name,
        applied=is_applied,
        applied_at=record.applied_at if is_applied else None,
        state=state,
        duration_ms=record.duration_ms if is_applied else None,
        applied_by=record.applied_by,
        note=note,
    )


def pending(
    files: Sequence[Migration],
    records: Sequence[Record],
    *,
    to: str | None = None,
    steps: int | None = None,
    out_of_order: bool = False,
) -> list[Migration]:
    """
    Return what ``up`` runs, in order: up to the one that ``to`` names, and at most ``steps``.

    Raises MigrationError where files and records do not fit together, and ConfigError for an unknown name. Records
    without a file are no obstacle: of two versions of a service that run at the same time, one knows more.
    """
    _check_steps(steps)
    _refuse_unclear(statuses(files, records), out_of_order)
    last = files.index(find(files, to)) if to is not None else len(files)
    known = by_name(records)
    found = [file for file in files[: last + 1] if _is_open(known.get(record_name(file.path)))]
    return found[:steps]


def _is_open(record: Record | None) -> bool:
    return record is None or record.under_way == "up"


def _refuse_unclear(found: Iterable[MigrationStatus], out_of_order: bool) -> None:
    hints = {
        "edited": "restore the file, or accept it as it is now with `janua migrate repair`",
        "renamed": "give it its old name, or record the new one with `janua migrate repair`",
    }
    if not out_of_order:
        hints["out of order"] = "give it a higher number, or run it all the same with --out-of-order"
    unclear = [each for each in found if each.state in hints]
    if unclear:
        lines = [f"{each.name}: {each.note}" for each in unclear]
        lines += [f"hint ({state}): {hints[state]}" for state in hints if any(each.state == state for each in unclear)]
        raise MigrationError("\n".join(lines))


def applied_last(
    files: Sequence[Migration], records: Sequence[Record], *, steps: int = 1, to: str | None = None
) -> list[Migration]:
    """
    Return what ``down`` takes back, the one that was applied last first: ``steps`` of them, or all after ``to``.

    Raises MigrationError where one has no file, or is half applied; ConfigError for a name that is not applied.
    """
    _check_steps(steps)
    latest_first = sorted(records, key=lambda record: record.id, reverse=True)
    if to is not None:
        name = record_name(find(files, to).path)
        names = [record.name for record in latest_first]
        if name not in names:
            raise ConfigError(f"{name} is not applied")
        steps = names.index(name)
    return [_file_of(record, files) for record in latest_first[:steps]]


def _file_of(record: Record, files: Sequence[Migration]) -> Migration:
    if record.under_way == "up":
        raise MigrationError(f"{record.name}: is half applied; complete it with `janua migrate up` first")
    for file in files:
        if record_name(file.path) == record.name:
            return file
    raise MigrationError(f"{record.name}: there is no such file any more, which would say how to take it back")


def find(files: Sequence[Migration], name: str) -> Migration:
    """
    Return the migration of this name, with or without ``.sql``, or of this number.

    Raises ConfigError where there is none.
    """
    for file in files:
        if name in (record_name(file.path), file.name, file.path.name):
            return file
    numbered = [file for file in files if name.isdecimal() and file.number == int(name)]
    if len(numbered) == 1:
        return numbered[0]
    raise ConfigError(f"there is no migration {name!r}{suggestion(name, [file.name for file in files])}")


def _check_steps(steps: int | None) -> None:
    if steps is not None and steps < 1:
        raise ConfigError(f"the number of steps must be 1 or more, not {steps}")
