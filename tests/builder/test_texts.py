"""A statement's structure is its key: it is made once, and prepared and kept like any other."""

from __future__ import annotations

from typing import Any

import pytest
from janua import AsyncDatabase, StatementError
from janua.builder import texts

from .untyped import count, delete, func, insert, outer, select, update


def test_other_values_make_no_other_query(t: Any) -> None:
    """Nor do other numbers of them in a list."""

    def built(name: str, ids: list[int], limit: int) -> Any:
        return select(t.people.id).where(t.people.name == name, t.people.id.in_(ids)).limit(limit)._built()

    (first, values), (second, others) = built("a", [1], 1), built("b", [], 2)
    assert first is second
    assert (("a", [1], 1), ("b", [], 2)) == (values, others)
    assert ("text", "integer[]", "bigint") == first.params


def test_another_structure_makes_another_query(t: Any) -> None:
    """Also where the SQL is the same, and only the rows or the nullability are others."""
    o, columns = outer(t.teams), [t.teams.id, t.teams.name, t.teams.parent_id]
    whole, parts = select(t.teams), select(*columns)
    assert whole.sql == parts.sql
    assert whole._built()[0] is not parts._built()[0]
    inner = select(t.people.id).join(t.teams, on=t.teams.id == t.people.team_id)
    left = select(t.people.id).left_join(o, on=o.id == t.people.team_id)
    assert inner.sql.replace("JOIN", "LEFT JOIN") == left.sql


def test_a_statement_may_be_kept_and_extended(t: Any) -> None:
    """What is extended stays as it was."""
    start = select(t.people.id).where(t.people.id > 1)
    before = start.sql
    start.where(t.people.active).limit(3)
    assert before == start.sql


def test_the_number_of_kept_statements_is_bounded(t: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that puts together ever new ones does not grow."""
    monkeypatch.setattr(texts, "_KEPT", 5)
    monkeypatch.setattr(texts, "_known", {})
    for number in range(1, 20):
        select(*[t.people.id] * number).sql  # noqa: B018
    assert 5 == len(texts._known)


def test_built_statements_are_prepared(db: Any, t: Any) -> None:
    """After a few runs, as others are."""
    for number in range(8):
        select(t.people.small).where(t.people.id == number).all(db)
    sql = select(t.people.small).where(t.people.id == 1).sql
    assert 1 == len(db.raw("SELECT 1 FROM pg_prepared_statements WHERE statement = $1", (sql,)))


async def test_the_same_statements_run_asynchronously(database_url: str, t: Any) -> None:
    """Each method gives something to await."""
    async with AsyncDatabase(database_url) as db, db.transaction() as tx:
        assert 2 == await insert(t.log).values(what="a").values(what="b").execute(tx)
        named = select(t.log.what).order_by(t.log.what)
        assert ["a", "b"] == await named.all(tx)
        assert "a" == await named.first(tx)
        assert "a" == await named.limit(1).one(tx)
        assert None is await named.where(t.log.what == "c").optional(tx)
        assert ["b"] == await delete(t.log).where(t.log.what == "b").returning(t.log.what).all(tx)
        assert 1 == await update(t.log).set(what="z").every_row().execute(tx)
        await tx.rollback()


def test_what_a_statement_touches(t: Any) -> None:
    """With triggers, cascades and views; a function may touch anything."""
    teams, people, log = "public.teams", "public.people", "public.log"
    assert ((people, teams), (), "") == select(t.grown.id).touches
    assert ((), (log, teams), "") == insert(t.teams).values(id=1, name="x").touches
    assert {log, people, teams} == set(update(t.teams).set(name="x").every_row().touches.writes) | {people}
    assert (people, teams) == delete(t.teams).every_row().touches.writes
    reading = delete(t.log).where(t.log.what.in_(select(t.people.name))).touches
    assert ((log, people), (log,)) == (reading.reads, reading.writes)
    assert "calls random" == select(func("random", like=t.people.rate)).from_(t.people).touches.unknown


def test_tables_of_two_packages_do_not_mix(t: Any) -> None:
    """Their types are read into classes of their own."""
    from generated.tables import users

    with pytest.raises(StatementError, match="one generated package"):
        select(count(t.people)).join(users, on=users.name == t.people.name).sql  # noqa: B018


def test_an_expression_shows_itself_without_its_values(t: Any) -> None:
    """They may be secrets."""
    shown = repr((t.people.name == "secret") & t.people.id.in_([1]))
    assert '<Expression (("people".name = ?) AND ("people".id = ANY (?)))>' == shown
    assert '<Column "people".name>' == repr(t.people.name)
