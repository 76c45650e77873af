"""Selects: what each clause does, on rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_network
from typing import Any

import psycopg
import pytest
from janua import StatementError

from .untyped import coalesce, count, exists, func, insert, max, min, outer, select, sum


@dataclass
class Pair:
    """A class of rows."""

    id: int
    name: str


@pytest.fixture
def filled(db: Any, t: Any) -> Any:
    """Three teams, one of them inside another, and three people."""
    teams = insert(t.teams).values(id=1, name="one").values(id=2, name="two", parent_id=1).values(id=3, name="three")
    teams.execute(db)
    people = insert(t.people).values(id=1, team_id=1, name="Ann", price=2, feeling="ok")
    people.values(id=2, team_id=2, name="Bob", small=3).values(id=3, name=None, active=True).execute(db)
    return db


def test_one_column_gives_its_value_and_several_give_tuples(filled: Any, t: Any) -> None:
    """A table gives its model, alone and beside others."""
    assert [1, 2, 3] == select(t.teams.id).order_by(t.teams.id).all(filled)
    assert [(1, "one")] == select(t.teams.id, t.teams.name).where(t.teams.id == 1).all(filled)
    assert ("two", 1) == (lambda team: (team.name, team.parent_id))(select(t.teams).where(t.teams.id == 2).one(filled))
    name, team, number = select(t.teams.name, t.teams, t.teams.id).where(t.teams.id == 2).one(filled)
    assert ("two", "two", 2) == (name, team.name, number)
    assert [Pair(1, "one")] == select(t.teams.id, t.teams.name).where(t.teams.id == 1).into(Pair).all(filled)


def test_more_than_ten_columns(filled: Any, t: Any) -> None:
    """Their types are no longer known one by one, but the rows are."""
    assert [(1,) * 12] == select(*[t.teams.id] * 12).where(t.teams.id == 1).all(filled)


def test_an_outer_table_without_a_match_is_none(filled: Any, t: Any) -> None:
    """As a row, and in each column."""
    o = outer(t.teams)
    found = select(t.people.id, o.name, o).left_join(o, on=o.id == t.people.team_id).order_by(t.people.id).all(filled)
    assert [(1, "one"), (2, "two"), (3, None)] == [row[:2] for row in found]
    assert (True, None) == (found[0][2].name == "one", found[2][2])


def test_a_table_joins_itself_under_another_name(filled: Any, t: Any) -> None:
    """The table to select from is the first that is not joined."""
    parent = t.teams.as_("parent")
    assert [("one", "two")] == select(parent.name, t.teams.name).join(parent, on=parent.id == t.teams.parent_id).all(
        filled
    )
    with pytest.raises(StatementError, match='two relations are called "teams"'):
        select(t.teams.id).join(t.teams, on=t.teams.id == t.teams.parent_id).all(filled)


def test_order_and_slices(filled: Any, t: Any) -> None:
    """Directions, NULL first or last, and only so many rows."""
    ordered = select(t.people.id).order_by(t.people.name.desc().nulls_last())
    assert [2, 1, 3] == ordered.all(filled)
    assert [1] == ordered.limit(1).offset(1).all(filled)
    assert [3, 1, 2] == select(t.people.id).order_by(t.people.name.asc().nulls_first(), t.people.id).all(filled)
    assert 2 == ordered.first(filled)
    assert {True, None} == set(select(t.people.active).distinct().all(filled))
    with pytest.raises(TypeError, match="0 or more"):
        ordered.limit(-1)


def test_subqueries(filled: Any, t: Any) -> None:
    """They may use the columns around them."""
    of_team = select(t.people.id).where(t.people.team_id == t.teams.id)
    assert ["one", "two"] == select(t.teams.name).where(exists(of_team)).order_by(t.teams.id).all(filled)
    assert ["three"] == select(t.teams.name).where(~exists(of_team)).all(filled)
    named = select(t.people.team_id).where(t.people.name == "Bob")
    assert ["two"] == select(t.teams.name).where(t.teams.id.in_(named)).all(filled)
    assert select(exists(select(t.people.id).where(t.people.name == "Ann"))).one(filled)
    assert ["one", "three"] == select(t.teams.name).where(t.teams.id.not_in(named)).order_by(t.teams.id).all(filled)


def test_a_table_inside_a_subquery_hides_none_outside(filled: Any, t: Any) -> None:
    """It would compare its own columns with themselves."""
    inner = select(t.teams.id).where(t.teams.parent_id == t.teams.id)
    with pytest.raises(StatementError, match='two relations are called "teams"'):
        select(t.teams.name).where(exists(inner)).all(filled)
    twice = exists(select(t.people.id)) & exists(select(t.people.id))
    assert 3 == select(count(t.teams)).where(twice).one(filled)


def test_groups(filled: Any, t: Any) -> None:
    """With values in what is grouped by, too."""
    initial = func("left", t.people.name, 1, like=t.people.name)
    grouped = select(initial, count(t.people)).where(t.people.name.is_not_null()).group_by(initial).order_by(initial)
    assert [("A", 1), ("B", 1)] == grouped.all(filled)
    by_team = select(t.people.team_id, count(t.people)).group_by(t.people.team_id).having(count(t.people) > 1)
    assert [] == by_team.all(filled)


def test_aggregates_of_no_rows(filled: Any, t: Any) -> None:
    """Only count is a number."""
    none = select(count(t.people), sum(t.people.whole), max(t.people.big), min(t.people.born)).where(t.people.id == 9)
    assert (0, None, None, None) == none.one(filled)
    assert 0 == select(coalesce(sum(t.people.big), 0)).where(t.people.id == 9).one(filled)
    o = outer(t.people)
    counted = select(t.teams.name, count(o)).left_join(o, on=o.team_id == t.teams.id).group_by(t.teams.id)
    assert [("one", 1), ("three", 0), ("two", 1)] == counted.order_by(t.teams.name).all(filled)


def test_types_of_the_database_itself(filled: Any, t: Any, package: Any) -> None:
    """Enums become their class; what has no binary form here is read as text."""
    sad, ok = package.enums.Mood
    assert [ok] == select(t.people.feeling).where(t.people.feeling.in_([sad, ok])).all(filled)
    insert(t.people).values(id=4, place="(1,2)", tags=["a", 'b"'], label="x", notes={"k": [1]}).execute(filled)
    fours = select(t.people.place, t.people.tags, t.people.label, t.people.notes).where(t.people.id == 4)
    assert ("(1,2)", ["a", 'b"'], "x", {"k": [1]}) == fours.one(filled)
    assert 4 == select(t.people.id).where(t.people.tags == ["a", 'b"']).one(filled)


def test_a_view_is_read(filled: Any, t: Any) -> None:
    """As a table is."""
    assert ["one", "two"] == select(t.grown.team).order_by(t.grown.id).all(filled)


def test_columns_of_tables_that_are_not_there(filled: Any, t: Any) -> None:
    """An inner table's column is none of its outer twin's, which may be NULL."""
    with pytest.raises(StatementError, match=r'a column of public.teams as "teams" is used, which the statement does'):
        select(t.people.id, t.teams.name).all(filled)
    o = outer(t.teams)
    with pytest.raises(StatementError, match="is used, which the statement does not"):
        select(t.people.id, t.teams.name).from_(t.people).left_join(o, on=o.id == t.people.team_id).all(filled)
    with pytest.raises(StatementError, match="is used, which the statement does not"):
        select(o.name).from_(t.people).all(filled)


def test_what_a_checker_would_have_said_is_said_at_run_time(t: Any) -> None:
    """Clearly, and before anything is sent."""
    with pytest.raises(TypeError, match="pass outer"):
        select(t.people.id).left_join(t.teams, on=t.teams.id == t.people.team_id)
    with pytest.raises(TypeError, match="it goes into a left_join"):
        select(t.people.id).join(outer(t.teams), on=t.teams.id == t.people.team_id)
    with pytest.raises(TypeError, match=r"ask is_null\(\)"):
        select(t.people.id).where(t.people.name == None)  # noqa: E711
    with pytest.raises(TypeError, match="this is a bool"):
        select(t.people.id).where(bool(t.teams is t.people))
    with pytest.raises(TypeError, match="combine conditions with &"):
        select(t.people.id).where(t.people.id == 1 and t.people.active)
    with pytest.raises(TypeError, match="not one text"):
        t.people.name.in_("abc")
    with pytest.raises(TypeError, match="leave None out"):
        t.people.name.not_in(["a", None])
    with pytest.raises(TypeError, match="bind more than comparisons"):
        t.people.active & True
    with pytest.raises(StatementError, match="at least one column"):
        select()
    with pytest.raises(TypeError, match="not a str"):
        select("id")


def test_texts_that_try_to_be_sql(filled: Any, t: Any) -> None:
    """They are values, wherever they go in."""
    evil = "x'; DROP TABLE people; --\\\"$1"
    insert(t.people).values(id=7, name=evil, label=evil, tags=[evil]).execute(filled)
    found = select(t.people.name, coalesce(t.people.name, evil), func("lower", evil, like=t.people.name))
    found = found.where(
        t.people.name == evil, t.people.name.in_([evil]), t.people.tags == [evil], t.people.label == evil
    )
    assert [(evil, evil, evil.lower())] == found.all(filled)
    alias = t.people.as_('x" CROSS JOIN teams --')
    assert 4 == select(count(alias)).one(filled)
    assert evil not in found.sql
    with pytest.raises(ValueError, match="the name of a function"):
        func("lower(name); --", like=t.people.name)
    with pytest.raises(ValueError, match="no NUL"):
        t.people.as_("a\0c0||teams\0b")
    with pytest.raises(ValueError, match="1 to 63 bytes"):
        t.people.as_("ü" * 32)


def test_a_text_with_nul_is_refused_by_its_place(filled: Any, t: Any) -> None:
    """It cannot be sent, and is not mistaken for a mark in the statement."""
    from janua import ParameterError

    with pytest.raises(ParameterError, match=r"builder: select on public.people: parameter \$1"):
        select(t.people.id).where(t.people.name == "\0ptext\0").all(filled)


def test_errors_of_the_server_name_the_statement(filled: Any, t: Any) -> None:
    """With its kind and table."""
    with pytest.raises(psycopg.errors.UndefinedFunction) as caught:
        select(func("no_such", t.people.id, like=t.people.id)).all(filled)
    assert ["query: builder: select on public.people"] == caught.value.__notes__


def test_results_are_of_the_type_that_is_declared(filled: Any, t: Any, package: Any) -> None:
    """Also where the server's own function gives another one: a smaller number, a network, a text of a length."""
    n = t.networks
    insert(n).values(at="10.0.0.0/8", code="abc", kind="xy").values(at="192.168.0.0/16", code="b", kind="z").execute(
        filled
    )
    assert (ip_network("192.168.0.0/16"), "b", "z ") == select(max(n.at), max(n.code), max(n.kind)).one(filled)
    assert ["3"] == select(func("length", t.people.name, like=t.people.name)).where(t.people.id == 1).all(filled)
    assert ["xy"] == select(func("lower", n.kind, like=n.kind)).where(n.code == "abc").all(filled)
    mixed = coalesce(t.people.small, t.people.big)
    assert (Decimal, int) == tuple(map(type, select(sum(mixed), sum(t.people.small)).one(filled)))
    statement = select(mixed, max(n.code), func("lower", n.kind, like=n.kind)).from_(t.people).join(n, on=n.kind == "z")
    assert ("bigint", "character varying", "character") == statement._built()[0].columns
