"""
The runtime of janua-database: what generated code and the services that use it import.

Names are loaded on first use, so that importing this package costs next to nothing and never
loads redis-py; Redis has its own package, ``janua.redis``.
"""

from typing import TYPE_CHECKING

from janua._lazy import on_first_use
from janua._version import API_VERSION, __version__
from janua.errors import (
    AfterCommitFailed,
    AlreadyClosed,
    ApiMismatch,
    CommitUnknown,
    ConfigError,
    ConstraintViolation,
    FactoryError,
    InvalidationFailed,
    InvalidCursor,
    JanuaError,
    MissingExtra,
    NestedRetry,
    NotFound,
    NothingToUpdate,
    ParameterError,
    RowCountError,
    SchemaDrift,
    SeedError,
    ServerUnreachable,
    SessionConflict,
    StatementError,
    TooManyRows,
    TransactionAborted,
    TransactionClosed,
    TransactionError,
    TransactionLost,
    UnreadableValue,
    WriteTokenError,
    WrongEventLoop,
)
from janua.extras import require_libpq

if TYPE_CHECKING:
    from janua.database import (
        AsyncConnection,
        AsyncDatabase,
        AsyncPrepared,
        AsyncTransaction,
        Connection,
        Database,
        PoolOptions,
        PoolStats,
        Prepared,
        ReplicaOptions,
        ReplicaStatus,
        Transaction,
    )
    from janua.dynamic import UNSET, Clause, RowVariants, Unset, Variants
    from janua.health import Health
    from janua.paging import Page, Pages
    from janua.protocols import AsyncExecutor, Coro, Executor
    from janua.query import CachePolicy, Query, Types
    from janua.tls import TLS

_LAZY = {
    "TLS": "janua.tls",
    "UNSET": "janua.dynamic",
    "AsyncConnection": "janua.database",
    "AsyncDatabase": "janua.database",
    "AsyncExecutor": "janua.protocols",
    "AsyncPrepared": "janua.database",
    "AsyncTransaction": "janua.database",
    "CachePolicy": "janua.query",
    "Clause": "janua.dynamic",
    "Connection": "janua.database",
    "Coro": "janua.protocols",
    "Database": "janua.database",
    "Executor": "janua.protocols",
    "Health": "janua.health",
    "Page": "janua.paging",
    "Pages": "janua.paging",
    "PoolOptions": "janua.database",
    "PoolStats": "janua.database",
    "Prepared": "janua.database",
    "Query": "janua.query",
    "ReplicaOptions": "janua.database",
    "ReplicaStatus": "janua.database",
    "Transaction": "janua.database",
    "Types": "janua.query",
    "Unset": "janua.dynamic",
    "RowVariants": "janua.dynamic",
    "Variants": "janua.dynamic",
}

__all__ = [
    "TLS",
    "UNSET",
    "AfterCommitFailed",
    "AlreadyClosed",
    "ApiMismatch",
    "AsyncConnection",
    "AsyncDatabase",
    "AsyncExecutor",
    "AsyncPrepared",
    "AsyncTransaction",
    "CachePolicy",
    "Clause",
    "CommitUnknown",
    "ConfigError",
    "Connection",
    "ConstraintViolation",
    "Coro",
    "Database",
    "Executor",
    "FactoryError",
    "Health",
    "InvalidCursor",
    "InvalidationFailed",
    "JanuaError",
    "MissingExtra",
    "NestedRetry",
    "NotFound",
    "NothingToUpdate",
    "Page",
    "Pages",
    "ParameterError",
    "PoolOptions",
    "PoolStats",
    "Prepared",
    "Query",
    "ReplicaOptions",
    "ReplicaStatus",
    "RowCountError",
    "RowVariants",
    "SchemaDrift",
    "SeedError",
    "ServerUnreachable",
    "SessionConflict",
    "StatementError",
    "TooManyRows",
    "Transaction",
    "TransactionAborted",
    "TransactionClosed",
    "TransactionError",
    "TransactionLost",
    "Types",
    "UnreadableValue",
    "Unset",
    "Variants",
    "WriteTokenError",
    "WrongEventLoop",
    "__version__",
    "require_api",
]


def require_api(version: int) -> None:
    """
    Check that generated code of this interface version runs on this runtime; generated packages call it.

    Raises ApiMismatch, and MissingExtra where psycopg finds no libpq.
    """
    if version != API_VERSION:
        raise ApiMismatch(
            f"the generated code needs version {version} of janua's interface, janua {__version__} has"
            f" version {API_VERSION}; run `janua generate` with the janua-database that the service uses"
        )
    require_libpq()


if not TYPE_CHECKING:
    __getattr__ = on_first_use(__name__, _LAZY)
