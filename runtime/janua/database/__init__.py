"""Connections, statements and transactions of PostgreSQL, asynchronous and blocking."""

from janua.database._async.connection import AsyncConnection
from janua.database._async.database import AsyncDatabase
from janua.database._async.prepared import AsyncPrepared
from janua.database._async.transaction import AsyncTransaction
from janua.database._sync.connection import Connection
from janua.database._sync.database import Database
from janua.database._sync.prepared import Prepared
from janua.database._sync.transaction import Transaction
from janua.database.options import Isolation, PoolOptions, PoolStats, TargetSessionAttrs
from janua.database.replicas import ReplicaOptions, ReplicaStatus
from janua.tls import TLS

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
