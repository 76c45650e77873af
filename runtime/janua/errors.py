"""
Every error that this package raises by itself, in one tree.

    JanuaError
    ├── ConfigError              the project's configuration or a command's arguments are wrong
    │   └── MissingExtra         a package is not installed that one of the distribution's extras brings
    ├── ServerUnreachable        a PostgreSQL or Redis server does not answer
    ├── ApiMismatch              generated code and runtime do not fit together
    ├── SqlSyntaxError           a text cannot even be cut into SQL tokens
    ├── MigrationError           a migration file is malformed or the server refused it
    ├── SeedError                a seed is malformed, failed, or the server refused a statement of it
    ├── EmbeddedServerError      an embedded server cannot be started here
    ├── OperationError           a whole database cannot be backed up, restored, made anew or emptied
    │   └── BackupError          a backup is incomplete, damaged, or none at all
    ├── AlreadyClosed            a database, connection or Redis object was used after its end
    ├── WrongEventLoop           an asynchronous object was used in another event loop than its own
    ├── WriteTokenError          a write token is damaged, or of another database cluster
    ├── SchemaDrift              the database's types are not those that the code was generated for
    ├── RowCountError
    │   ├── NotFound             a query declared ``:one`` returned no row
    │   └── TooManyRows          a query returned more rows than it declares
    ├── ConstraintViolation      a row was refused by a constraint that the generated code has a class for
    ├── StatementError           the parts of a built statement do not fit together
    ├── FactoryError             a factory cannot make a row without being given more of it
    ├── ParameterError           a value cannot be sent as the parameter's type
    │   ├── InvalidCursor        a cursor is none that this query gave
    │   └── NothingToUpdate      an UPDATE was called with all its assignments left out
    ├── UnreadableValue          a value of the database has no form in the column's Python type
    ├── SessionConflict          a session was changed by others each time that it was to be modified
    └── TransactionError
        ├── TransactionClosed    the transaction has already ended
        ├── TransactionAborted   a commit was asked for after a statement had failed
        ├── TransactionLost      the connection was lost at COMMIT; for certain nothing was committed
        ├── CommitUnknown        the connection was lost at COMMIT; nobody can tell what became of it
        ├── InvalidationFailed   the cache could not be told of a write, which was rolled back
        ├── AfterCommitFailed    callbacks of a transaction failed that has been committed
        └── NestedRetry          ``run`` was called where it would be repeated by another ``run``

Errors of psycopg, psycopg_pool and redis-py pass through as they are wherever
nothing useful could be added to them. No message ever holds a password or the
value of a parameter.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class JanuaError(Exception):
    """The root of the tree; raised only as one of its subclasses."""


class ConfigError(JanuaError):
    """
    The configuration or a command's arguments are wrong; the message names the file and the key.

    Fix: correct the key, option or variable that the message names; ``janua help COMMAND`` has the arguments.
    """


class MissingExtra(ConfigError, ImportError):
    """
    What is imported or run needs a package that is not installed; the message names the extra that brings it.

    Fix: install that extra, as the message says: ``pip install 'janua-database[…]'``.
    """


class ServerUnreachable(JanuaError):
    """
    A server does not answer; the message names its address without the password.

    Fix: start the server, or correct its address in ``JANUA_DATABASE_URL``, ``JANUA_REDIS_URL`` or
    ``--database-url``.
    """


class ApiMismatch(JanuaError):
    """
    Generated code asks for another version of the runtime's interface; generate again or upgrade.

    Fix: ``pip install --upgrade janua-database``, ``janua generate``, and deploy both together.
    """


class SqlSyntaxError(JanuaError):
    """
    A text ends inside a string, comment or quoted name. ``offset`` is where that began, in characters.

    Fix: close the string, comment or quoted name that begins at the offset.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class MigrationError(JanuaError):
    """
    A migration is malformed or was refused by the server; the text has file, line and an excerpt.

    ``message`` is the bare complaint. ``path`` is None, and ``line`` and ``column`` are 0, where no
    place is to blame; ``sqlstate`` and ``statement`` are empty where no server was asked. ``excerpt``
    shows the place, ``length`` counts the characters there.

    Fix: correct the migration at the place that is pointed at; ``janua migrate status`` says how it stands.
    """

    def __init__(
        self,
        text: str,
        *,
        message: str = "",
        path: Path | None = None,
        line: int = 0,
        column: int = 0,
        sqlstate: str = "",
        statement: str = "",
        hint: str = "",
        excerpt: str = "",
        length: int = 0,
    ) -> None:
        super().__init__(text)
        self.message = message or text
        self.path = path
        self.line = line
        self.column = column
        self.sqlstate = sqlstate
        self.statement = statement
        self.hint = hint
        self.excerpt = excerpt
        self.length = length


class SeedError(JanuaError):
    """
    A seed is malformed or has failed; nothing of it is left. The text has file, line and an excerpt.

    ``line`` is 0 where no place is to blame; ``sqlstate`` and ``statement`` are empty where no server was asked.
    The cause is the error of the server or of the Python function.

    Fix: correct the seed at the place that is pointed at, and run it again.
    """

    def __init__(
        self, text: str, *, path: Path | None = None, line: int = 0, sqlstate: str = "", statement: str = ""
    ) -> None:
        super().__init__(text)
        self.path = path
        self.line = line
        self.sqlstate = sqlstate
        self.statement = statement


class EmbeddedServerError(JanuaError):
    """
    An embedded server cannot be started here; the message says why and what to set instead.

    Fix: do what the message says, or name a server of your own by ``JANUA_SCRATCH_URL``.
    """


class OperationError(JanuaError):
    """
    A whole database cannot be backed up, restored, made anew or emptied; nothing was changed.

    Fix: do what the message says, and run the command again.
    """


class BackupError(OperationError):
    """
    A backup is incomplete or damaged, none at all, or does not give what was backed up; nothing was changed.

    Fix: take another backup; ``janua db backup --verify`` proves a new one.
    """


class AlreadyClosed(JanuaError):
    """
    A database, connection or Redis object was used after it was closed; make a new one.

    Fix: keep the object open for as long as it is used, or make a new one.
    """


class WrongEventLoop(JanuaError):
    """
    An asynchronous database or Redis object was used in another event loop than the one that used it first.

    Fix: make one object for each event loop, inside of it.
    """


class SchemaDrift(JanuaError):
    """
    The database's types are not those that the code was generated for; migrate, or generate again.

    One is missing, is another kind of type, or a query has it for a parameter or column where another is
    declared. The message names the query, the column and both types; the statement has not run.

    Fix: ``janua migrate up`` on this database, or ``janua generate`` and deploy.
    """


class RowCountError(JanuaError):
    """
    A query returned another number of rows than it declares. ``query`` is its dotted name.

    Fix: catch NotFound or TooManyRows.
    """

    def __init__(self, message: str, query: str) -> None:
        super().__init__(message)
        self.query = query


class NotFound(RowCountError):
    """
    A query that must return a row returned none.

    Fix: catch it where a row may be missing, or declare the query ``:optional``.
    """


class TooManyRows(RowCountError):
    """
    A query that must return at most one row returned more.

    Fix: compare all columns of a unique key, add LIMIT 1, or declare the query ``:many``.
    """


class ConstraintViolation(JanuaError):
    """
    A constraint or unique index refused what was written: raised as its own class in ``generated/constraints.py``.

    Which derives from psycopg's class for it, too. ``constraint`` is the name, ``schema`` and ``table`` say where it
    was declared: for a copy of it on a partition, on the table that is partitioned. For a domain's, ``table`` is
    empty and ``domain`` is its name. ``columns`` are those that it is about, by their names in SQL. The values of
    the row are in no part of the error: of what the server says, ``diag`` has the names alone.

    Fix: catch the class of the constraint, as ``constraints.UsersEmailKey``, and tell the user.
    """

    schema: ClassVar[str]
    table: ClassVar[str] = ""
    domain: ClassVar[str] = ""
    constraint: ClassVar[str]
    columns: ClassVar[tuple[str, ...]] = ()


class StatementError(JanuaError):
    """
    A statement of the query builder cannot be put together: a table is not joined, a clause is missing.

    Fix: add the join or the clause that the message names.
    """


class FactoryError(JanuaError):
    """
    A factory cannot make a valid row by itself; the message names what to give, and which check asks for it.

    Fix: give the columns that the message names.
    """


class ParameterError(JanuaError):
    """
    A value cannot be sent as the type of its parameter. The message names the parameter, never the value.

    Fix: give a value of the parameter's type.
    """


class InvalidCursor(ParameterError):
    """
    A cursor is damaged, of another query or of an earlier version of this one, or signed with another secret.

    Fix: begin again with the first page; sign cursors with the same secret in every process.
    """


class NothingToUpdate(ParameterError, ValueError):
    """
    Every assignment of an UPDATE was left out, so that there is no statement to send; nothing was sent.

    Fix: give one assignment at least, or do not call it.
    """


class UnreadableValue(JanuaError):
    """
    A value of the database has no form in the Python type of its column, as a date after the year 9999.

    The message names the query and the column, never the value. ``query`` is its dotted name.

    Fix: correct the value, or have the query cast it to text.
    """

    def __init__(self, message: str, query: str, column: str) -> None:
        super().__init__(message)
        self.query = query
        self.column = column


class SessionConflict(JanuaError):
    """
    Other requests changed a session each time that it was to be modified; nothing was stored.

    Fix: run the request again, or store less in one session.
    """


class WriteTokenError(JanuaError):
    """
    A write token is damaged, comes from another database cluster, or cannot be made because there is no primary.

    Fix: pass tokens on unchanged, and only between servers of one cluster.
    """


class TransactionError(JanuaError):
    """
    A transaction was used in a way that it does not allow.

    Fix: do what the message says.
    """


class TransactionClosed(TransactionError):
    """
    The transaction has been committed or rolled back already.

    Fix: begin a new transaction, and use it within its block only.
    """


class TransactionAborted(TransactionError):
    """
    Nothing was committed, because a statement in the transaction had failed before.

    PostgreSQL answers such a COMMIT with a silent ROLLBACK.

    Fix: do not swallow errors within the block; what may fail goes into a nested ``transaction()``.
    """


class TransactionLost(TransactionError):
    """
    The connection was lost at COMMIT, and it is certain that nothing was committed.

    The same transaction can be run again; ``run`` does. The cause is the connection's error.

    Fix: run it again, or have ``db.run(function)`` do so.
    """


class CommitUnknown(TransactionError):
    """
    The connection was lost at COMMIT, and it cannot be told whether the transaction was committed.

    Never run again by itself: look for the transaction's effects first. ``xid`` is its id in the
    server's terms, None where it has not come back. The cause is the connection's error.

    Fix: look whether its effects are there, and only then run it again.
    """

    def __init__(self, message: str, xid: int | None) -> None:
        super().__init__(message)
        self.xid = xid


class InvalidationFailed(TransactionError):
    """
    The cache could not be told of what a transaction writes, and so the transaction was rolled back.

    Only where the cache is ``strict``. Nothing was committed; the cause is the cache's error.

    Fix: run it again when Redis answers.
    """


class AfterCommitFailed(TransactionError):
    """
    The transaction is committed; of the callbacks that ``after_commit`` took, some have failed.

    ``errors`` are their exceptions, the first of which is the cause. All other callbacks have run.

    Fix: look at ``errors``, and repeat what the callbacks do, not the transaction.
    """

    def __init__(self, message: str, errors: tuple[Exception, ...]) -> None:
        super().__init__(message)
        self.errors = errors


class NestedRetry(TransactionError):
    """
    ``run`` was called inside a transaction, or by a function that ``run`` of the same database has called.

    Only the outermost function can be run again as a whole.

    Fix: call ``run`` outermost, and pass the transaction that it gives on.
    """
