"""The statements of ``project/queries`` as one writes them with Django: through the ORM where it can say them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from subject import CACHALOT, DO

Read = Callable[[], tuple[Any, tuple[str, ...]]]


def querysets(models: Any, *, is_wide: bool, alias: str) -> dict[str, Read]:
    """Return what makes each read's queryset, with the fields that count."""
    from django.db.models import Func, IntegerField

    def of(model: Any, *fields: str) -> Read:
        return lambda: (model.objects.using(alias).order_by("id"), fields)

    def of_owner() -> tuple[Any, tuple[str, ...]]:
        total = Func("id", function="total_of", output_field=IntegerField())
        return models.Owner.objects.annotate(total=total).order_by("id"), ("id", "total")

    return {
        "owners": of(models.Owner, "id", "name", "touched"),
        "accounts": of(models.Account, "id", "owner_id", "balance", *(["note"] if is_wide else [])),
        "movements": of(models.Movement, "id", "account_id", "amount"),
        "badges": of(models.Badge, "id", "owner_id"),
        "slow": of(models.Slow, "id", "balance"),
        "rich": of(models.Rich, "id", "owner_id", "balance"),
        "totals": of(models.Total, "id", "total"),
        "of_owner": of_owner,
        "events": of(models.Event, "id", "at"),
        "events_2026": of(models.Event2026, "id", "at"),
        "places": of(models.Place, "id", "name"),
        "towns": of(models.Town, "id", "name", "mayor"),
        "odd": of(models.Odd, "id", "size"),
        "side": of(models.SideAccount, "id", "balance"),
        "secrets": of(models.Secret, "id", "secret"),
    }


def orm_writes(models: Any, name: str) -> dict[str, Callable[[int], object]]:
    """Return the writes that the ORM can say; ``name`` is the cache's, whose way to update differs."""
    from datetime import date

    from django.db.models import F

    def update(queryset: Any, **values: Any) -> object:
        return queryset.update(**values) if name == CACHALOT else queryset.invalidated_update(**values)

    def all_of(model: Any) -> Any:
        return model.objects.all()

    return {
        "set_balance": lambda value: update(models.Account.objects.filter(id=1), balance=value),
        "set_slow": lambda value: update(models.Slow.objects.filter(id=1), balance=value),
        "raise_all": lambda _: all_of(models.Account).update(balance=F("balance") + 1),
        "set_rich": lambda _: update(models.Rich.objects.filter(id=2), balance=30),
        "delete_owner": lambda _: models.Owner.objects.get(id=2).delete(),
        "add_to_leaf": lambda _: models.Event2026.objects.create(id=7, at=date(2026, 3, 1)),
        "add_to_root": lambda _: models.Event.objects.create(id=8, at=date(2026, 4, 1)),
        "add_child": lambda _: models.Town.objects.create(id=3, name="child", mayor="x"),
        "set_parents": lambda _: update(all_of(models.Place), name="parent"),
        "add_by_rule": lambda _: models.Place.objects.create(id=101, name="rule"),
        "set_odd": lambda _: update(all_of(models.Odd), size=7),
        "set_side": lambda _: update(all_of(models.SideAccount), balance=9),
    }


def raw_writes() -> dict[str, str]:
    """Return all of ``writes.sql`` by name, and the DO block."""
    text = (Path(__file__).parent / "project/queries/writes.sql").read_text(encoding="utf-8")
    return {"do": DO, **dict(re.findall(r"-- name: (\w+) :\w+\n(.*?);\n", text, re.DOTALL))}
