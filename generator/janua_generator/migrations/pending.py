"""Which migrations are looked at: those behind the ones that are applied already."""

from __future__ import annotations

from collections.abc import Sequence

from janua.config import Project
from janua.database import Database
from janua.migrations import Migration, Migrator
from janua.migrations.plan import find
from janua.migrations.records import record_name


def split(
    project: Project, migrations: Sequence[Migration], *, since: str | None, everything: bool, live: str | None
) -> tuple[list[Migration], list[Migration]]:
    """
    Return the migrations that count as applied, and those that are to be looked at.

    The latter are all, those behind the one that ``since`` names, those that are pending on the database
    ``live``, or else the last one. Raises ConfigError for an unknown name.
    """
    if everything:
        return [], list(migrations)
    if since is not None:
        at = list(migrations).index(find(migrations, since)) + 1
        return list(migrations[:at]), list(migrations[at:])
    if live is not None:
        with Database(live, lazy=True) as database:
            found = Migrator(database, project.migrations, table=project.migrations_table).status()
        applied = {each.name for each in found if each.applied}
        before = [each for each in migrations if record_name(each.path) in applied]
        return before, [each for each in migrations if record_name(each.path) not in applied]
    return list(migrations[:-1]), list(migrations[-1:])
