"""
Connections, statements and transactions of PostgreSQL, asynchronous and blocking.

Each kind is loaded on first use: a service has one of them.
"""

from typing import TYPE_CHECKING

from janua._lazy import on_first_use
from janua.database.options import Isolation, PoolOptions, PoolStats, TargetSessionAttrs
from janua.extras import require_libpq
from janua.tls import TLS

if TYPE_CHECKING:
    from janua.database._async.connection import AsyncConnection
    from janua.database._async.database import AsyncDatabase
    from janua.database._async.prepared import AsyncPrepared
    from janua.database._async.transaction import AsyncTransaction
    from janua.database._sync.connection import Connection
    from janua.database._sync.database import Database
    from janua.database._sync.prepared import Prepared
    from janua.database._sync.transaction import Transaction
    from janua.database.replicas import ReplicaOptions, ReplicaStatus

_LAZY = {
    "AsyncConnection": "janua.database._async.connection",
    "AsyncDatabase": "janua.database._async.database",
    "AsyncPrepared": "janua.database._async.prepared",
    "AsyncTransaction": "janua.database._async.transaction",
    "Connection": "janua.database._sync.connection",
    "Database": "janua.database._sync.database",
    "Prepared": "janua.database._sync.prepared",
    "ReplicaOptions": "janua.database.replicas",
    "ReplicaStatus": "janua.database.replicas",
    "Transaction": "janua.database._sync.transaction",
}

__all__ = [
    "TLS",
    "AsyncConnection",
    "AsyncDatabase",
    "AsyncPrepared",
    "AsyncTransaction",
    "Connection",
    "Database",
    "Isolation",
    "PoolOptions",
    "PoolStats",
    "Prepared",
    "ReplicaOptions",
    "ReplicaStatus",
    "TargetSessionAttrs",
    "Transaction",
]

# Before the modules of this package fail for the lack of it, in many more words.
require_libpq()

if not TYPE_CHECKING:
    __getattr__ = on_first_use(__name__, _LAZY)
