"""Inserts, updates and deletes."""

from __future__ import annotations

from typing import Any

import pytest
from janua import StatementError

from .untyped import coalesce, count, delete, exists, insert, outer, select, update


def test_what_is_left_out_has_its_default(db: Any, t: Any) -> None:
    """Also in one of several rows."""
    rows = insert(t.people).values(name="a").values(whole=5).returning(t.people.name, t.people.whole)
    assert [("a", 1), (None, 5)] == rows.all(db)
    assert 1 == insert(t.log).values(what="x").execute(db)
    assert (None, 1) == insert(t.people).values().returning(t.people.name, t.people.whole).one(db)


def test_a_column_may_be_set_to_an_expression_and_to_null(db: Any, t: Any) -> None:
    """Of the row as it was."""
    insert(t.people).values(id=1, big=2, name="a", small=1).execute(db)
    change = update(t.people).set(big=t.people.big + 40, name=None, rate=0.5).where(t.people.id == 1)
    assert (42, None, 0.5) == change.returning(t.people.big, t.people.name, t.people.rate).one(db)
    again = update(t.people).set(name=coalesce(t.people.name, "new")).set(small=None).where(t.people.id == 1)
    assert [("new", None)] == again.returning(t.people.name, t.people.small).all(db)
    assert 0 == update(t.people).set(name="x").where(t.people.id == 2).execute(db)


def test_deleted_rows_are_counted_or_returned(db: Any, t: Any) -> None:
    """As they were."""
    insert(t.people).values(id=1, name="a").values(id=2, name="b").values(id=3).execute(db)
    assert ["b"] == delete(t.people).where(t.people.id == 2).returning(t.people.name).all(db)
    assert 2 == delete(t.people).every_row().execute(db)


def test_conditions_may_read_other_tables(db: Any, t: Any) -> None:
    """By a subquery."""
    insert(t.teams).values(id=1, name="one").execute(db)
    insert(t.people).values(id=1, team_id=1).values(id=2).execute(db)
    of_one = exists(select(t.teams.id).where(t.teams.id == t.people.team_id))
    assert 1 == update(t.people).set(name="in a team").where(of_one).execute(db)
    assert 1 == delete(t.people).where(~of_one).execute(db)
    people = t.people.as_("p")
    assert 1 == delete(people).where(people.name == "in a team").execute(db)
    assert 0 == select(count(t.people)).one(db)


def test_all_rows_are_meant_only_where_it_is_said(t: Any) -> None:
    """A forgotten condition is an error."""
    with pytest.raises(StatementError, match=r"the delete of .* has no where\(\): say every_row\(\)"):
        delete(t.people).sql  # noqa: B018
    with pytest.raises(StatementError, match=r"the update of .* has no where\(\)"):
        update(t.people).set(name="x").sql  # noqa: B018


def test_incomplete_and_wrong_writes(t: Any) -> None:
    """What a checker would say is said at run time, too."""
    with pytest.raises(StatementError, match=r"without values\(\)"):
        insert(t.people).sql  # noqa: B018
    with pytest.raises(StatementError, match="sets nothing"):
        update(t.people).where(t.people.id == 1).sql  # noqa: B018
    with pytest.raises(TypeError, match="has no column nmae"):
        insert(t.people).values(nmae="x")
    with pytest.raises(TypeError, match="given by name"):
        update(t.people).set({"name": "x"})
    with pytest.raises(TypeError, match="only a table can"):
        insert(t.grown)
    with pytest.raises(TypeError, match="no outer one"):
        delete(outer(t.people))
    with pytest.raises(StatementError, match="65535 at most"):
        statement = insert(t.people)
        statement._rows = ({"id": 1, "name": "x"},) * 40_000
        statement.sql  # noqa: B018
