"""Statements put together of parts: kept, bounded, and made of nothing but their own text."""

from __future__ import annotations

import pickle
from copy import copy, deepcopy
from itertools import product
from types import SimpleNamespace

import pytest
from janua import UNSET, Clause, NothingToUpdate, ParameterError, Query, RowVariants, Unset, Variants
from janua.dynamic import unused_parameters

SEARCH = Variants(
    Query[int]("q.search", "", params=("integer", "text", "text")),
    ("a", "b", "order_by"),
    (
        "SELECT id FROM t",
        Clause("\nWHERE ", (("", "a = $1", ("a",)), (" AND ", "b = $2", ("a", "b")), ("\n AND ", "c = $3", ())), ""),
        Clause(" ORDER BY ", (("", "x", ("order_by=up",)), ("", "x DESC", ("order_by=down",))), ""),
    ),
)
UPDATE = Variants(
    Query[None]("q.update", "", params=("integer",)),
    ("a",),
    ("UPDATE t", Clause(" SET ", (("", "a = $1", ("a",)),), None)),
)


@pytest.mark.parametrize(
    ("key", "sql", "unused"),
    [
        ((True, True, "up"), "SELECT id FROM t\nWHERE a = $1 AND b = $2\n AND c = $3 ORDER BY x", ()),
        ((True, False, "down"), "SELECT id FROM t\nWHERE a = $1\n AND c = $3 ORDER BY x DESC", (1,)),
        ((False, True, "up"), "SELECT id FROM t\nWHERE c = $3 ORDER BY x", (0, 1)),
    ],
)
def test_items_stand_where_all_that_they_need_is_given(
    key: tuple[bool | str, ...], sql: str, unused: tuple[int, ...]
) -> None:
    """The first one that is left follows the opening."""
    assert (sql, unused) == (SEARCH[key].sql, SEARCH[key].unused)


def test_a_statement_is_made_once() -> None:
    """What was prepared for it is found again."""
    assert SEARCH[True, False, "up"] is SEARCH[True, False, "up"]


@pytest.mark.parametrize("choice", ["sideways", "", None, "up; DROP TABLE t", "order_by=up", True])
def test_a_choice_is_one_that_there_is(choice: str) -> None:
    """Neither nothing nor a text of its own."""
    with pytest.raises(ParameterError, match=r"^q\.search: order_by is one of up, down$"):
        SEARCH[True, True, choice]


def test_a_clause_that_cannot_be_empty_is_refused() -> None:
    """With the name of the query."""
    assert "UPDATE t SET a = $1" == UPDATE[(True,)].sql
    with pytest.raises(NothingToUpdate, match=r"^q\.update: there is nothing to assign"):
        UPDATE[(False,)]


def test_no_more_than_so_many_are_kept() -> None:
    """Whatever comes from outside."""
    names = tuple(f"p{at}" for at in range(11))
    items = tuple((" AND ", name, (name,)) for name in names)
    variants = Variants(Query[int]("q", ""), names, (Clause("", items, ""),))
    for key in product((False, True), repeat=len(names)):
        assert sum(key) == variants[key].sql.count("p")
        assert len(variants) <= Variants.KEPT


def test_marks_in_strings_are_no_parameters() -> None:
    """Nor in comments and names."""
    assert (0, 2) == unused_parameters("SELECT '$1', $2, \"$1\" /* $3 */ -- $3", 3)


def test_unset_is_one_of_a_kind() -> None:
    """It prints as it is written."""
    assert (Unset.UNSET, "UNSET") == (UNSET, repr(UNSET))


def test_unset_stays_the_same_when_it_is_copied() -> None:
    """To another process too, as the default of a parameter may be."""
    assert [True] * 3 == [each is UNSET for each in (pickle.loads(pickle.dumps(UNSET)), copy(UNSET), deepcopy(UNSET))]


ADD = RowVariants(
    Query[int](
        "add",
        "INSERT INTO t (a, b, c) SELECT r.c1, r.c2, r.c3"
        " FROM unnest($1::int[], $2::text[], $3::date[]) AS r (c1, c2, c3)",
        params=("integer[]", "text[]", "date[]"),
        attributes=("a", "b", "c"),
        elements=("integer", "text", "date"),
        own_parameters=(0, 2),
    ),
    ("a", "b"),
    (
        "INSERT INTO t (",
        Clause("", ((", ", "a", ("a",)), (", ", "b", ("b",)), (", ", "c", ())), None),
        ") SELECT ",
        Clause("", ((", ", "r.c1", ("a",)), (", ", "r.c2", ("b",)), (", ", "r.c3", ())), None),
        " FROM unnest(",
        Clause("", ((", ", "$1::int[]", ("a",)), (", ", "$2::text[]", ("b",)), (", ", "$3::date[]", ())), None),
        ") AS r (",
        Clause("", ((", ", "c1", ("a",)), (", ", "c2", ("b",)), (", ", "c3", ())), None),
        ")",
    ),
)


def test_what_rows_leave_out_is_no_parameter() -> None:
    """The others are counted anew, with what is known of each."""
    made = ADD[ADD.key_of([SimpleNamespace(a=UNSET, b="x", c=None)] * 2)]
    assert "INSERT INTO t (b, c) SELECT r.c2, r.c3 FROM unnest($1::text[], $2::date[]) AS r (c2, c3)" == made.sql
    assert (("text[]", "date[]"), ("b", "c"), ("text", "date"), (1,)) == (
        made.params,
        made.attributes,
        made.elements,
        made.own_parameters,
    )
    assert ADD.query.sql == ADD[True, True].sql


def test_no_rows_leave_nothing_out() -> None:
    """Nor do rows of another class, which is for others to say."""
    assert ((True, True), (True, True)) == (ADD.key_of([]), ADD.key_of([1, 2]))


def test_rows_leave_out_the_same() -> None:
    """Those of later portions, too, whose numbers go on."""
    rows = [SimpleNamespace(a=1, b="x"), SimpleNamespace(a=1, b=UNSET)]
    with pytest.raises(ParameterError, match=r"^add: row 2 does not give b, unlike those before it: one statement"):
        ADD.key_of(rows)
    with pytest.raises(ParameterError, match=r"^add: row 501 gives b, unlike"):
        ADD.key_of(rows[:1], 501, (True, False))
