"""Generated functions on a database with a cache."""

from __future__ import annotations

import importlib
from contextlib import suppress
from dataclasses import replace
from typing import Any

from gate import ANSWERED, COMMITTED, COMMITTING, Gate
from janua import Database, PoolOptions
from janua.cache import Cache
from janua.cache._sync import reading
from janua.database._sync import transaction
from janua.query import Query
from janua.redis import Redis
from subject import DO, JANUA_STRICT, Options, Rows


def rows_of(answer: Any) -> Rows:
    """Return rows of any class as texts."""
    return [[str(getattr(row, name)) for name in row.__slots__] for row in answer]


class Undone(Exception):
    """What a block is left by that is to be undone."""


class JanuaSubject:
    """A process's database and cache."""

    def __init__(self, name: str, options: Options, gate: Gate) -> None:
        gate.around(reading.Reads, "_keep", before=ANSWERED)
        gate.around(transaction, "send_commit", before=COMMITTING, after=COMMITTED)
        self._reads = self._with_timeout(options.timeout_s)
        self._writes: Any = importlib.import_module("compared.writes")
        self._kind = "wide_" if options.is_wide else "replicated_" if options.reads_from else ""
        self._cache = Cache(Redis(options.redis_url, prefix=options.prefix), strict=name == JANUA_STRICT)
        replicas = [options.reads_from] if options.reads_from else []
        pool = PoolOptions(min_size=1, max_size=3, timeout=10, connect_timeout=2)
        self._db = Database(options.pg_url, cache=self._cache, pool=pool, replicas=replicas)
        self._begins: Any = self._db.transaction
        self._blocks: list[tuple[Any, Any]] = []

    def _with_timeout(self, timeout_s: int) -> Any:
        """Return the module of the reads, with this time instead of the one in the query file."""
        module = importlib.import_module("compared.reads")
        for name, query in list(vars(module).items()):
            if isinstance(query, Query) and query.cache is not None:
                setattr(module, name, replace(query, cache=replace(query.cache, ttl=float(timeout_s))))
        return module

    @property
    def _place(self) -> Any:
        return self._blocks[-1][1] if self._blocks else self._db

    def read(self, name: str) -> tuple[Rows, bool]:
        """Call the generated function."""
        function = getattr(self._reads, f"read_{self._kind}{name}")
        before = self._cache.stats().hits
        rows = rows_of(function(self._place))
        return rows, self._cache.stats().hits > before

    def write(self, name: str, value: int) -> None:
        """Call the generated function; a DO block has none."""
        if name == "do":
            self._place.raw(DO)
        elif name == "copy_badges":
            self._writes.copy_badges(self._place, [self._writes.CopyBadgesParams(id=50, owner_id=None)])
        elif name in ("set_balance", "set_slow"):
            getattr(self._writes, name)(self._place, balance=value)
        else:
            getattr(self._writes, name)(self._place)

    def begin(self, isolation: str, settings: dict[str, str]) -> None:
        """Begin a transaction, or in one a savepoint."""
        if self._blocks:
            context = self._place.transaction()
        else:
            context = self._begins(isolation or None, settings=settings or None)
        self._blocks.append((context, context.__enter__()))

    def end(self, commits: bool) -> None:
        """End the innermost of them."""
        context, _ = self._blocks.pop()
        error = None if commits else Undone()
        with suppress(Undone):
            context.__exit__(type(error) if error else None, error, None)

    def tell(self, names: list[str]) -> None:
        """Nothing is told by hand: the generated functions know."""

    def flush(self) -> None:
        """Forget all that is in the cache."""
        self._cache.flush()

    def abandon(self) -> None:
        """Undo what is open."""
        while self._blocks:
            with suppress(Exception):
                self.end(commits=False)
