"""Runs seeds: all files of one in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeAlias

import psycopg

from janua.config import load_project, project_folder
from janua.database import AsyncConnection, AsyncDatabase, AsyncTransaction
from janua.database._async.session import AsyncSession
from janua.diagnostics import shown_path
from janua.errors import SeedError
from janua.seeds.copying import CopyIn, copy_in, pieces
from janua.seeds.files import Seeded, ordered_files
from janua.seeds.functions import check_functions, failed, find_modules, load_all
from janua.seeds.kinds import RUNS_ASYNC
from janua.seeds.reading import SeedStatement, SqlReader
from janua.seeds.refusals import RESET, check_statement, refused

Watch: TypeAlias = Callable[[Path], AbstractContextManager[object]]


class AsyncSeeder:
    """
    Runs the seeds of a folder on a database: ``await AsyncSeeder(db).run("development")``.

    ``folder`` is what ``[tool.janua]`` of the project around the current folder names, where it is not given. On a
    transaction, a seed is a part of it. ``watch`` is entered with each file for as long as it runs.
    """

    def __init__(
        self,
        db: AsyncDatabase | AsyncConnection | AsyncTransaction,
        folder: Path | str | None = None,
        *,
        watch: Watch = lambda path: nullcontext(),
    ) -> None:
        """Raises ConfigError where no folder is given, and no project is found or its configuration is wrong."""
        self._db = db
        self._folder = (
            load_project(project_folder(Path.cwd()) or Path.cwd()).seeds if folder is None else Path(folder).absolute()
        )
        self._watch = watch

    async def run(self, name: str) -> tuple[Seeded, ...]:
        """
        Run a seed: its file, or all files of its folder, and those before that they name behind ``after:``.

        All in one transaction, which an error leaves without a trace. SQL files are read piece by piece; COPY reads
        a file beside the seed here, not on the server, which needs no rights for that. Python files have a function
        ``seed(db)`` that is given the transaction. Raises ConfigError where there is no such seed, and SeedError.
        """
        paths = ordered_files(self._folder, name)
        find_modules(self._folder.parent)
        functions = load_all(paths)
        check_functions(functions, is_async=RUNS_ASYNC)
        done = []
        async with self._db.transaction() as transaction:
            for path in paths:
                with self._watch(path):
                    function = functions.get(path)
                    if function is not None:
                        done.append(await _run_function(transaction, path, function))
                    else:
                        done.append(await _run_sql(transaction, path))
        return tuple(done)


async def _run_function(transaction: AsyncTransaction, path: Path, function: Callable[[Any], Any]) -> Seeded:
    try:
        await function(transaction)
    except Exception as error:
        raise failed(path, error) from error
    return Seeded(path)


async def _run_sql(transaction: AsyncTransaction, path: Path) -> Seeded:
    statements = rows = 0
    has_set = False
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = SqlReader(path, file)
        transaction._note_anything()
        async with transaction._hold() as session:
            for statement in reader:
                has_set = check_statement(path, statement) or has_set
                rows += await _run_statement(session, reader, statement)
                statements += 1
            if has_set:
                # The session goes back to the pool, whatever a dump has set for itself.
                await session.execute(RESET)
    return Seeded(path, statements, rows)


async def _run_statement(session: AsyncSession, reader: SqlReader, statement: SeedStatement) -> int:
    """Run it, and return how many rows it has copied."""
    copy = copy_in(statement.sql)
    try:
        if copy is not None:
            return await _copy(session, reader, copy)
        await session.execute(statement.sql.encode(), prepare=False)
    except psycopg.Error as error:
        session.name_violation(error)
        raise refused(reader.path, statement, error, (copy.file or "") if copy else "") from error
    except OSError as error:
        assert copy is not None, "nothing else reads files"
        message = f"{shown_path(reader.path)}:{statement.line}: {copy.file}: {error.strerror}"
        raise SeedError(message, path=reader.path, line=statement.line) from None
    return 0


async def _copy(session: AsyncSession, reader: SqlReader, copy: CopyIn) -> int:
    source = reader.data() if copy.file is None else pieces(reader.path.parent / copy.file)
    async with session.cursor() as cursor:
        async with cursor.copy(copy.sql.encode()) as copying:
            for piece in source:
                await copying.write(piece)
        return max(cursor.rowcount, 0)
