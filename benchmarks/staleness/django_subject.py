"""
Django's ORM with one of its caches, set up and used as the cache's documentation says.

Both invalidate what is written through the ORM; django-cachalot also what raw SQL names, and django-cacheops, whose
documentation excludes mass updates from that, has ``invalidated_update`` for them, which is used here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django_settings import configure, setting_key
from django_statements import orm_writes, querysets, raw_writes
from gate import ANSWERED, COMMITTED, COMMITTING, Gate
from subject import CACHALOT, CACHEOPS_FRESH, Options, Rows


class Undone(Exception):
    """What a block is left by that is to be undone."""


class DjangoSubject:
    """A process's connection and cache."""

    def __init__(self, name: str, options: Options, gate: Gate) -> None:
        configure(name, options)
        from django.db import connection, transaction
        from django.db.backends.base.base import BaseDatabaseWrapper

        self._name, self._gate = name, gate
        self._connection: Any = connection
        self._atomic: Any = transaction.atomic
        models = importlib.import_module("bank.models")
        self._querysets = querysets(
            models, is_wide=options.is_wide, alias="replica" if options.reads_from else "default"
        )
        self._orm_writes = orm_writes(models, name)
        gate.around(BaseDatabaseWrapper, "_commit", before=COMMITTING, after=COMMITTED)
        self._is_reading, self._asked = False, 0
        for each in importlib.import_module("django.db").connections.all():
            each.execute_wrappers.append(self._statement)
        self._blocks: list[Any] = []

    def _statement(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Run a statement, and stop around it where that was asked for."""
        if self._is_reading:
            answer = execute(sql, params, many, context)
            self._asked += 1
            self._gate.reach(ANSWERED)
            return answer
        is_alone = not context["connection"].in_atomic_block and not str(sql).startswith("SELECT ")
        if is_alone:
            self._gate.reach(COMMITTING)
        answer = execute(sql, params, many, context)
        if is_alone:
            self._gate.reach(COMMITTED)
        return answer

    def read(self, name: str) -> tuple[Rows, bool]:
        """Evaluate a queryset that is made anew."""
        queryset, fields = self._querysets[name]()
        self._is_reading, self._asked = True, 0
        try:
            found = self._fetch(queryset)
        finally:
            self._is_reading = False
        return [[str(getattr(row, field)) for field in fields] for row in found], not self._asked

    def _fetch(self, queryset: Any) -> list[Any]:
        if self._name != CACHEOPS_FRESH:
            return list(queryset)
        from cacheops import cached_as

        fetched: list[Any] = cached_as(queryset, keep_fresh=True)(lambda: list(queryset.nocache()))()
        return fetched

    def write(self, name: str, value: int) -> None:
        """Write through the ORM where it can say that, otherwise by a cursor."""
        if name in self._orm_writes:
            self._orm_writes[name](value)
            return
        with self._connection.cursor() as cursor:
            if name == "copy_badges":
                with cursor.copy("COPY badges (id, owner_id) FROM STDIN") as copy:
                    copy.write_row((50, None))
            else:
                cursor.execute(raw_writes()[name])

    def begin(self, isolation: str, settings: dict[str, str]) -> None:
        """Begin a transaction, or in one a savepoint."""
        setting_key(settings)
        block = self._atomic()
        block.__enter__()
        self._blocks.append(block)
        with self._connection.cursor() as cursor:
            if isolation:
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
            for setting, value in settings.items():
                cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])

    def end(self, commits: bool) -> None:
        """End the innermost of them."""
        block = self._blocks.pop()
        error = None if commits else Undone()
        with suppress(Undone):
            block.__exit__(type(error) if error else None, error, None)
        setting_key({})

    def tell(self, names: list[str]) -> None:
        """Call what the cache has for writes that it cannot see."""
        models = [self._querysets[name]()[0].model for name in names]
        if self._name == CACHALOT:
            from cachalot.api import invalidate

            invalidate(*models)
            return
        from cacheops import invalidate_model

        for model in models:
            invalidate_model(model)

    def flush(self) -> None:
        """Forget all that is in the cache."""
        if self._name == CACHALOT:
            from cachalot.api import invalidate

            invalidate()
            return
        from cacheops import invalidate_all

        invalidate_all()

    def abandon(self) -> None:
        """Undo what is open."""
        while self._blocks:
            with suppress(Exception):
                self.end(commits=False)
        with suppress(Exception):
            self._connection.close_if_unusable_or_obsolete()
