"""Running one migration, so that the tracking table tells the truth whatever happens at whichever moment."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import psycopg

from janua.database._async.session import AsyncSession
from janua.diagnostics import shown_path
from janua.errors import JanuaError, MigrationError, ServerUnreachable
from janua.migrations._async.ledger import AsyncLedger
from janua.migrations._async.patience import AsyncPatience
from janua.migrations._async.settling import prepare, settle, tidy
from janua.migrations.apply import down_section
from janua.migrations.checksums import checksum_of, checksum_of_statements
from janua.migrations.doubt import Doubt, Repeatable, doubt_about
from janua.migrations.files import Migration
from janua.migrations.progress import StepShown
from janua.migrations.records import Direction, Record, record_name
from janua.migrations.refusals import commit_refusal, refuse_unfit, statement_refusal, with_hint
from janua.migrations.statements import Statement, leaves_session_alone, runs_in_transaction, statements_of
from janua.migrations.units import Kind, Unit, session_settings, units_of

# "cannot run inside a transaction block", and COMMIT in a procedure that was called inside one.
_NOT_IN_TRANSACTION = (psycopg.errors.ActiveSqlTransaction, psycopg.errors.InvalidTransactionTermination)
_UNSETTING = b"RESET ALL; RESET SESSION AUTHORIZATION; RESET ROLE"


class AsyncRunner:
    """Runs migrations one by one on a session that nobody else uses."""

    def __init__(self, session: AsyncSession, ledger: AsyncLedger, lock_timeout_s: float, attempts: int) -> None:
        self._session = session
        self._ledger = ledger
        self._lock_timeout_ms = round(lock_timeout_s * 1000)
        self._attempts = attempts
        self._is_fresh = False

    async def run(self, migration: Migration, direction: Direction, record: Record | None, step: StepShown) -> float:
        """
        Apply a migration or take it back, and return the milliseconds that it took.

        Raises MigrationError with the place, and ServerUnreachable where the connection is lost.
        """
        if direction == "down":
            section, migration = down_section(migration), migration.taking_back
        else:
            section = migration.up
        statements = statements_of(migration, section)
        in_transaction = runs_in_transaction(migration, statements)
        if not (record and record.under_way):
            refuse_unfit(migration, statements, in_transaction=in_transaction)
        if not self._is_fresh:
            await self._begin_session()
        self._is_fresh = in_transaction and all(map(leaves_session_alone, statements))
        run = _Run(self._session, self._ledger, migration, statements, direction, record, step, self._attempts)
        try:
            if in_transaction and not (record and record.under_way):
                await run.in_transaction()
            else:
                await run.one_by_one()
        except psycopg.Error as error:
            raise self._failure(migration, error) from error
        return run.duration_ms

    def _failure(self, migration: Migration, error: psycopg.Error) -> JanuaError:
        """What is raised for an error that no statement of the migration has caused."""
        reason = " ".join(str(error).split())
        if self._session.closed:
            return ServerUnreachable(
                f"{shown_path(migration.path)}: the connection to the server is lost; what is recorded as done is done,"
                f" and nothing else: run this again ({reason})"
            )
        return MigrationError(f"{shown_path(migration.path)}: cannot be recorded in {self._ledger.shown}: {reason}")

    async def _begin_session(self) -> None:
        """Have each migration begin as the first one: the session's settings are its own, and our time limits."""
        await self._session.execute(_UNSETTING)
        await self._session.execute(
            "SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', '0', false),"
            " set_config('idle_in_transaction_session_timeout', '0', false)",
            (str(self._lock_timeout_ms),),
        )


class _Run:
    """One migration in one direction."""

    def __init__(
        self,
        session: AsyncSession,
        ledger: AsyncLedger,
        migration: Migration,
        statements: Sequence[Statement],
        direction: Direction,
        record: Record | None,
        step: StepShown,
        attempts: int,
    ) -> None:
        self._session = session
        self._ledger = ledger
        self._migration = migration
        self._name = record.name if record else record_name(migration.path)
        self._statements = statements
        self._direction = direction
        self._record = record
        self._step = step
        self._patience = AsyncPatience(session, attempts, step)
        self._start = perf_counter()

    @property
    def duration_ms(self) -> float:
        return (perf_counter() - self._start) * 1000

    async def in_transaction(self) -> None:
        """Run all of it in one transaction, which also records it."""
        await self._patience.run(self._whole)

    async def _whole(self) -> None:
        self._start = perf_counter()
        await self._session.execute(b"BEGIN")
        for statement in self._statements:
            await self._execute(statement)
        if not all(map(leaves_session_alone, self._statements)):
            # The tracking table is not for a role that the migration has taken on.
            await self._session.execute(b"RESET SESSION AUTHORIZATION; RESET ROLE")
        await self._record_end(was_begun=False)
        await self._commit(self._statements, b"COMMIT")

    async def one_by_one(self) -> None:
        """Run it statement by statement, from where it has stopped before."""
        units = units_of(self._migration, self._statements)
        done = await self._resume() if self._record and self._record.under_way else await self._begin()
        at = 0
        for unit in units:
            if at >= done:
                self._step.note(f"statement {at + 1} of {len(self._statements)}")
                await self._run_unit(unit, at + len(unit.statements))
            at += len(unit.statements)
        await self._session.execute(_UNSETTING)
        await self._record_end(was_begun=True)

    async def _begin(self) -> int:
        await self._ledger.begin(self._name, checksum_of(self._migration), self._direction)
        return 0

    async def _resume(self) -> int:
        """Return how many statements are done; what they have set for the session is set again."""
        assert self._record is not None
        done = self._record.done
        self._refuse_changed(done)
        if self._record.in_doubt is not None:
            done = await self._settle(done, self._record.in_doubt)
        for statement in session_settings(self._statements[:done]):
            await self._execute(statement)
        return done

    def _refuse_changed(self, done: int) -> None:
        assert self._record is not None
        if done and self._record.done_checksum != checksum_of_statements(self._statements[:done]):
            raise MigrationError(
                f"{shown_path(self._migration.path)}: was changed before the place where it stopped: its first {done}"
                " statements have run already; restore them, and change what follows",
                path=self._migration.path,
            )

    async def _settle(self, done: int, before: str) -> int:
        if done == len(self._statements):
            return done
        statement = self._statements[done]
        outcome = await settle(self._session, doubt_about(statement), before)
        if outcome is None:
            raise self._undecided(statement, done)
        done += outcome
        await self._advance(done)
        return done

    def _undecided(self, statement: Statement, done: int) -> MigrationError:
        line = self._migration.text.count("\n", 0, statement.offset) + 1
        return MigrationError(
            f"{shown_path(self._migration.path)}:{line}: nobody can tell whether statement {done + 1} is done: it was"
            " running when the migrator lost its connection, and no transaction can hold it\n"
            f"hint: look for its effects, then say `janua migrate repair --done {self._name}`, or --undone to have"
            " it run again",
            path=self._migration.path,
            line=line,
            statement=statement.sql,
        )

    async def _run_unit(self, unit: Unit, done: int) -> None:
        async def recorded() -> None:
            await self._in_transaction_of_its_own(unit, done)

        if unit.kind is not Kind.BARE:
            try:
                await self._patience.run(recorded)
                return
            except MigrationError as error:
                if unit.kind is Kind.BLOCK or not isinstance(error.__cause__, _NOT_IN_TRANSACTION):
                    raise
        await self._bare(unit.statements[0], done)

    async def _in_transaction_of_its_own(self, unit: Unit, done: int) -> None:
        is_block = unit.kind is Kind.BLOCK
        end = unit.statements[-1].sql.encode() if is_block else b"COMMIT"
        keeps = not is_block or unit.statements[-1].words[0] in ("commit", "end")
        if not is_block:
            await self._session.execute(b"BEGIN")
        for statement in unit.statements[:-1] if is_block else unit.statements:
            await self._execute(statement)
        if keeps:
            await self._advance(done)
        await self._commit(unit.statements, end)
        if not keeps:
            await self._advance(done)

    async def _bare(self, statement: Statement, done: int) -> None:
        """Run what no transaction holds: where it fails, nothing is left of it; where it is cut off, it is in doubt."""
        doubt = doubt_about(statement)
        limit = await self._wait_without_limit(doubt)
        before = await prepare(self._session, doubt)

        async def attempt() -> None:
            await self._execute(statement)

        await self._ledger.doubt(self._name, before)
        try:
            await self._patience.run(attempt)
        except MigrationError as error:
            dropped = await tidy(self._session, doubt, before)
            await self._advance(done - 1)
            names = ", ".join(dropped)
            raise with_hint(error, f"the index {names}, left behind invalid, is dropped" if names else "") from error
        await self._session.execute("SELECT set_config('lock_timeout', %s, false)", (limit,))
        await self._advance(done)

    async def _advance(self, done: int) -> None:
        await self._ledger.advance(self._name, done, checksum_of_statements(self._statements[:done]))

    async def _wait_without_limit(self, doubt: Doubt) -> str:
        """
        Let what runs CONCURRENTLY wait for as long as it takes, and return the limit that there was.

        Nobody waits behind it: its locks conflict with those of DDL alone.
        """
        row = await (await self._session.execute(b"SELECT current_setting('lock_timeout')")).fetchone()
        if not isinstance(doubt, Repeatable):
            await self._session.execute(b"SET lock_timeout = 0")
        return str(row[0]) if row else "0"

    async def _record_end(self, *, was_begun: bool) -> None:
        if self._direction == "down":
            await self._ledger.remove(self._name)
        elif was_begun:
            await self._ledger.finish(self._name, checksum_of(self._migration), self.duration_ms)
        else:
            await self._ledger.add(self._name, checksum_of(self._migration), self.duration_ms)

    async def _execute(self, statement: Statement) -> None:
        try:
            await self._session.execute(statement.sql.encode(), prepare=False)
        except psycopg.Error as error:
            if self._session.closed:
                raise
            raise statement_refusal(self._migration, statement, error) from error

    async def _commit(self, statements: Sequence[Statement], command: bytes) -> None:
        try:
            await self._session.execute(command, prepare=False)
        except psycopg.Error as error:
            if self._session.closed:
                raise
            raise commit_refusal(self._migration, statements, error) from error
