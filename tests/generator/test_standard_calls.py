"""The standard calls of tables, run: on odd names and other schemas, and as a dict that the database keeps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from janua import UNSET, AsyncDatabase, Database, NotFound, NothingToUpdate, ParameterError, Transaction
from janua.scratch import ScratchServer
from janua_generator.package import build_package

from .conftest import NewProject
from .packages import generated, imported, migrated, project_at, type_errors
from .sandbox import GET_USER, USERS, Sandbox
from .workbench import Workbench

MIGRATION = """-- UP
CREATE SCHEMA billing;
CREATE TYPE mood AS ENUM ('fine', 'tired');
CREATE TYPE place AS (street text, number int);
CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE TABLE teams (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code code NOT NULL UNIQUE);
CREATE TABLE people (
    id int PRIMARY KEY,
    name text NOT NULL,
    note text,
    badge int UNIQUE,
    mood mood NOT NULL DEFAULT 'fine',
    tags text[] NOT NULL DEFAULT '{}',
    home place,
    years int4range,
    facts jsonb,
    team_id int REFERENCES teams,
    "Boss" int REFERENCES people,
    shout text GENERATED ALWAYS AS (upper(name)) STORED
);
CREATE TABLE "odd; DROP TABLE people" (
    "limit" int, "after" int, db int, "DB" int, "select" text, "x""; DROP TABLE people; --" text, "new
line" text UNIQUE, "%s" text, ":name" text, "$1" text, "UNSET" text DEFAULT 'd', "Unset" int DEFAULT 1, self text,
    "Größe" text, "a·b" text,
    PRIMARY KEY ("limit", "after")
);
CREATE TABLE billing.people (id int PRIMARY KEY REFERENCES public.people, mood mood NOT NULL);
CREATE TABLE billing."class" (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE billing (word text NOT NULL);
CREATE TABLE defaults (one int DEFAULT 1, two int DEFAULT 2);
CREATE TABLE hidden (id int PRIMARY KEY, name text NOT NULL);
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
CREATE TABLE pointing (id int PRIMARY KEY, hidden_id int NOT NULL REFERENCES hidden);
-- DOWN
DROP SCHEMA billing CASCADE;
DROP TABLE pointing, hidden, defaults, billing, people, teams, "odd; DROP TABLE people";
DROP DOMAIN code; DROP TYPE place, mood;
"""


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A project without a query."""
    root = tmp_path_factory.mktemp("standard") / "project"
    with generated(
        scratch, root, {"migrations/0001_x.sql": MIGRATION}, "std", 'schemas = ["public", "billing"]'
    ) as made:
        yield made


@pytest.fixture(scope="module")
def package(project: Sandbox) -> Iterator[Any]:
    """Its package, imported."""
    with imported(project, "std") as found:
        yield found


@pytest.fixture(scope="module")
def url(scratch: ScratchServer, project: Sandbox) -> Iterator[str]:
    """A database with its schema."""
    with migrated(scratch, project, "standard") as found:
        yield found


@pytest.fixture(scope="module")
def database(url: str) -> Iterator[Database]:
    """That database, opened."""
    with Database(url) as found:
        yield found


@pytest.fixture
def db(database: Database) -> Iterator[Transaction]:
    """A transaction that is rolled back."""
    transaction = database.begin()
    yield transaction
    transaction.rollback()


def test_it_is_clean_for_both_type_checkers(project: Sandbox) -> None:
    """With all that names are."""
    assert "" == type_errors(project, "std")


def test_what_is_not_given_has_its_default(db: Transaction, package: Any) -> None:
    """And None is NULL, also where there is a default."""
    ada = package.people.create(db, id=1, name="ada", home=package.models.Place("Main", 1))
    assert (None, package.enums.Mood.FINE, [], "ADA") == (ada.note, ada.mood, ada.tags, ada.shout)
    assert ada == package.people.find_by_id(db, id=1)
    package.defaults.create(db, one=None)
    assert [package.models.Default(None, 2)] == package.defaults.list_all(db)


def test_a_key_finds_one_row_or_none(db: Transaction, package: Any) -> None:
    """By every unique key."""
    bob = package.people.create(db, id=2, name="bob", badge=7)
    assert (bob, None) == (package.people.find_by_badge(db, badge=7), package.people.find_by_badge(db, badge=8))
    assert (True, False, 1) == (
        package.people.exists(db, id=2),
        package.people.exists(db, id=3),
        package.people.count(db),
    )


def test_an_update_changes_what_is_given(db: Transaction, package: Any) -> None:
    """None is NULL, UNSET leaves, and nothing at all is refused before anything is sent."""
    package.people.create(db, id=1, name="ada", note="x", badge=1)
    changed = package.people.update(db, id=1, note=None, badge=UNSET)
    assert ("ada", None, 1) == (changed.name, changed.note, changed.badge)
    assert None is package.people.update(db, id=9, name="nobody")
    with pytest.raises(NothingToUpdate, match=r"people\.update: there is nothing to assign"):
        package.people.update(db, id=1)


def test_an_upsert_makes_a_row_or_changes_it(db: Transaction, package: Any) -> None:
    """What is not given has its default in a new row, and stays in the other; the primary key stays."""
    one = package.people.upsert(db, id=1, name="ada", badge=5, note="kept")
    two = package.people.upsert(db, id=1, name="eve")
    assert ("kept", 5, "eve") == (two.note, two.badge, two.name)
    three = package.people.upsert_by_badge(db, id=99, badge=5, name="amy")
    assert (one.id, "amy") == (three.id, three.name)
    team = package.teams.upsert_by_code(db, code="x")
    assert team == package.teams.upsert_by_code(db, code="x")
    assert not hasattr(package.teams, "upsert")


def test_a_delete_says_how_many_there_were(db: Transaction, package: Any) -> None:
    """One or none."""
    package.people.create(db, id=1, name="ada")
    assert [1, 0] == [package.people.delete(db, id=1), package.people.delete(db, id=1)]


def test_rows_are_found_by_what_they_refer_to(db: Transaction, package: Any) -> None:
    """As a list and in pages, ordered by the primary key."""
    team = package.teams.create(db, code="t")
    for number in (3, 1, 2):
        package.people.create(db, id=number, name="p", team_id=team.id, Boss=3 if number < 3 else None)
    assert [1, 2, 3] == [each.id for each in package.people.list_by_team_id(db, team_id=team.id)]
    assert [1, 2] == [each.id for each in package.people.list_by_boss(db, Boss=3)]
    first = package.people.page_by_team_id(db, team_id=team.id, limit=2)
    rest = package.people.page_by_team_id(db, team_id=team.id, limit=2, after=first.next)
    assert ([1, 2], [3], None) == ([each.id for each in first.items], [each.id for each in rest.items], rest.next)
    assert [1, 2, 3] == [each.id for each in package.people.page(db, limit=9).items]


def test_a_row_leads_to_what_it_refers_to(db: Transaction, package: Any) -> None:
    """Also to one of the same table, and to one of another schema."""
    team = package.teams.create(db, code="t")
    ada = package.people.create(db, id=1, name="ada", team_id=team.id)
    bob = package.people.create(db, id=2, name="bob", Boss=1)
    assert (team, None) == (package.people.team_of(db, ada), package.people.team_of(db, bob))
    assert (None, ada) == (package.people.boss_of(db, ada), package.people.boss_of(db, bob))
    account = getattr(package, "billing.people").create(db, id=1, mood=package.enums.Mood.TIRED)
    assert ada == getattr(package, "billing.people").person_of(db, account)
    package.people.delete(db, id=2)
    with pytest.raises(NotFound):
        getattr(package, "billing.people").person_of(db, replace(account, id=2))


def test_many_rows_are_made_by_one_statement(db: Transaction, package: Any) -> None:
    """They come back in their order, with what the server made of them."""
    new = package.people.NewPerson
    rows = [
        new(id=at, name=f"p{at}", tags=["a", "b"], home=package.models.Place("x", at), facts={"n": at}) for at in (2, 1)
    ]
    made = package.people.create_many(db, rows)
    assert [(2, "P2", ["a", "b"]), (1, "P1", ["a", "b"])] == [(each.id, each.shout, each.tags) for each in made]
    assert made == [package.people.find_by_id(db, id=each.id) for each in made]
    assert [] == package.people.create_many(db, [])


def test_many_rows_are_copied(db: Transaction, package: Any) -> None:
    """A column with a default may be left out by all of them, or given by all."""
    new = package.people.NewPerson
    assert 2 == package.people.copy_many(db, (new(id=at, name="p") for at in (1, 2)))
    assert 1 == package.people.copy_many(db, [new(id=3, name="p", mood=package.enums.Mood.TIRED, tags=["t"])])
    assert [("fine", 0), ("fine", 0), ("tired", 1)] == [
        (each.mood.value, len(each.tags)) for each in package.people.list_all(db)
    ]
    assert 0 == package.people.copy_many(db, [])
    assert 2 == package.defaults.copy_many(db, [package.defaults.NewDefault(two=9)] * 2)
    assert [(1, 9)] * 2 == [(each.one, each.two) for each in package.defaults.list_all(db)]


@pytest.mark.parametrize("call", ["create_many", "copy_many"])
def test_rows_of_different_columns_are_refused(db: Transaction, package: Any, call: str) -> None:
    """With the number of the first that differs, before anything is sent; in a later portion of a copy, too."""
    new, function = package.people.NewPerson, getattr(package.people, call)
    rows = [new(id=at, name="p") for at in range(600)]
    rows.append(new(id=700, name="q", tags=["x"]))
    message = rf"people\.{call}: row 601 gives tags, unlike those before it"
    with pytest.raises(ParameterError, match=message), db.transaction():
        function(db, rows)
    assert 0 == package.people.count(db)
    with pytest.raises(ParameterError, match="row 2 does not give tags"), db.transaction():
        function(db, [new(id=1, name="q", tags=[]), new(id=2, name="p")])
    with pytest.raises(ParameterError, match="the rows give no column at all"), db.transaction():
        getattr(package.defaults, call)(db, [package.defaults.NewDefault()])
    with pytest.raises(ParameterError, match="row 1 is a int"), db.transaction():
        function(db, [1])


def test_no_rows_are_no_round_trip(url: str, package: Any) -> None:
    """Nothing is sent, so that even a closed server would not be missed."""
    with Database(url) as database:
        seen: list[str] = []
        database.on("query", lambda event: seen.append(event.name))
        assert [] == package.people.create_many(database, iter([]))
        package.people.count(database)
    assert ["people.count"] == seen


def test_an_asynchronous_database_takes_the_same_calls(url: str, package: Any) -> None:
    """All of them awaited; a copy takes an asynchronous iterable, too."""

    async def rows() -> Any:
        for at in (5, 6):
            yield package.people.NewPerson(id=at, name="p")

    async def run() -> None:
        async with AsyncDatabase(url) as database:
            transaction = await database.begin()
            ada = await package.people.create(transaction, id=1, name="ada", badge=1)
            assert ada == await package.people.find_by_badge(transaction, badge=1)
            assert 2 == await package.people.copy_many(transaction, rows())
            made = await package.people.create_many(transaction, [package.people.NewPerson(id=7, name="p", Boss=1)])
            assert ada == await package.people.boss_of(transaction, made[0])
            page = await package.people.page(transaction, limit=2)
            assert ([1, 5], True) == ([each.id for each in page.items], page.next is not None)
            assert "x" == (await package.people.update(transaction, id=1, note="x")).note
            assert "y" == (await package.people.upsert(transaction, id=1, name="y")).name
            assert 1 == await package.people.delete(transaction, id=5)
            assert (True, 3) == (
                await package.people.exists(transaction, id=6),
                await package.people.count(transaction),
            )
            await transaction.rollback()

    asyncio.run(run())


def test_odd_names_are_names_and_nothing_else(db: Transaction, package: Any) -> None:
    """Whatever a table or a column is called, the statement is about it, and the other tables stay."""
    odd = package.odd_drop_table_people
    values = {"db_": 1, "DB": 2, "select": "s", "x_DROP_TABLE_people": "x", "new_line": "n", "s": "%", "name": ":"}
    one = odd.create(db, limit=1, after=2, **values)
    assert (1, 2, "x", "n", "%", ":", "d", 1) == tuple(
        getattr(one, name)
        for name in ("limit", "after", "x_DROP_TABLE_people", "new_line", "s", "name", "UNSET", "Unset")
    )
    assert (1, 2) == (one.db, one.DB)
    assert one == odd.find_by_new_line(db, new_line="n") == odd.find_by_limit_and_after(db, limit=1, after=2)
    assert "'; DROP TABLE people" == odd.update(db, limit=1, after=2, new_line="'; DROP TABLE people").new_line
    rows = [odd.NewOddDROPTABLEPeople(limit=at, after=0, db_=3, DB=4) for at in (2, 3)]
    assert [2, 3] == [each.limit for each in odd.create_many(db, rows)]
    rows = [odd.NewOddDROPTABLEPeople(limit=at, after=0, UNSET_="u", Unset__=5) for at in (4, 5)]
    assert 2 == odd.copy_many(db, rows)
    assert [1, 2, 3, 4, 5] == [each.limit for each in odd.page(db, limit=9).items]
    assert 8 == odd.upsert(db, limit=5, after=0, db_=8).db
    assert 1 == odd.delete(db, limit=1, after=2)
    assert 0 == package.people.count(db)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
OPTIONAL = st.one_of(st.just(UNSET), st.none(), NAMES)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.integers(0, 3), NAMES, OPTIONAL),
        st.tuples(st.just("upsert"), st.integers(0, 3), NAMES, OPTIONAL),
        st.tuples(st.just("update"), st.integers(0, 3), st.one_of(st.just(UNSET), NAMES), OPTIONAL),
        st.tuples(st.just("delete"), st.integers(0, 3), st.none(), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_a_table_is_a_dict(database: Database, package: Any, steps: list[tuple[str, int, Any, Any]]) -> None:
    """Create, update, upsert and delete do what they would do to a dict by the key, whatever the values are."""
    people, model = package.people, dict[int, tuple[str, str | None]]()
    transaction = database.begin()
    try:
        for step, key, name, note in steps:
            before = model.get(key)
            if step == "create":
                if before is not None:
                    with pytest.raises(psycopg.errors.UniqueViolation), transaction.transaction():
                        people.create(transaction, id=key, name=name, note=note)
                    continue
                people.create(transaction, id=key, name=name, note=note)
                model[key] = name, None if note is UNSET else note
            elif step == "upsert":
                people.upsert(transaction, id=key, name=name, note=note)
                old = before[1] if before is not None else None
                model[key] = name, old if note is UNSET else note
            elif step == "update" and name is UNSET and note is UNSET:
                with pytest.raises(NothingToUpdate):
                    people.update(transaction, id=key)
            elif step == "update":
                row = people.update(transaction, id=key, name=name, note=note)
                assert (row is None) == (before is None)
                if before is not None:
                    model[key] = before[0] if name is UNSET else name, before[1] if note is UNSET else note
            else:
                assert (1 if before is not None else 0) == people.delete(transaction, id=key)
                model.pop(key, None)
            found = people.find_by_id(transaction, id=key)
            assert model.get(key) == (None if found is None else (found.name, found.note))
        assert sorted(model.items()) == [(each.id, (each.name, each.note)) for each in people.list_all(transaction)]
    finally:
        transaction.rollback()


def test_a_query_of_the_same_name_replaces_a_call(new_project: NewProject) -> None:
    """However it spells it; in another module it is another one."""
    own = "-- name: FindById :optional\n-- Mine.\nSELECT id FROM users WHERE id = :id;\n"
    project = new_project({"migrations/0001_x.sql": USERS, "queries/users.sql": own, "queries/more.sql": own})
    outcome = project.run()
    assert (0, "") == (outcome.code, outcome.err)
    text = project.read("generated/users.py")
    assert (3, 3) == (text.count("def find_by_id("), text.count("def exists("))
    assert "Mine." in text
    assert "from queries/users.sql, the table public.users" in text


@pytest.mark.parametrize(
    ("tables", "modules"), [('"all"', {"people", "users"}), ('"none"', {"users"}), ('["people"]', {"people", "users"})]
)
def test_the_configuration_says_which_tables_have_calls(
    new_project: NewProject, tables: str, modules: set[str]
) -> None:
    """All, none, or those that it lists."""
    ddl = USERS.replace("-- DOWN", "CREATE TABLE people (id int PRIMARY KEY);\n-- DOWN\nDROP TABLE people;")
    project = new_project({"migrations/0001_x.sql": ddl, "queries/users.sql": GET_USER}, f"tables = {tables}")
    assert 0 == project.run().code
    found = {name.removeprefix("generated/").removesuffix(".py") for name in project.generated() if ".py" in name}
    assert modules == found - {
        "__init__",
        "_types",
        "constraints",
        "enums",
        "factories",
        "models",
        "tables",
        "py.typed",
    }
    assert (tables == '"all"') == ("def find_by_id(" in project.read("generated/users.py"))


def test_an_unknown_table_is_an_error_with_its_place(new_project: NewProject) -> None:
    """Nothing is written."""
    project = new_project({"migrations/0001_x.sql": USERS}, 'tables = ["users", "usres"]')
    outcome = project.run()
    assert (2, True) == (
        outcome.code,
        'pyproject.toml: tool.janua.tables[1]: there is no table or view "usres"' in outcome.err,
    )
    assert {} == project.generated()


def test_a_call_that_cannot_be_is_left_out_with_a_warning(new_project: NewProject) -> None:
    """Two columns that differ in a mark only: no row class can hold both, and that is nobody's mistake."""
    ddl = '-- UP\nCREATE TABLE odd (id int PRIMARY KEY, total int, "total?" int);\n-- DOWN\nDROP TABLE odd;\n'
    project = new_project({"migrations/0001_x.sql": ddl})
    outcome = project.run()
    said = 'public.odd: warning: a standard call is left out: query list_all has two columns named "total"\n'
    assert (0, True) == (outcome.code, said in outcome.err)
    assert "-- @allow" not in outcome.err
    text = project.read("generated/odd.py")
    assert (False, True) == ("def list_all(" in text, "def exists(" in text)


def test_a_clash_of_names_in_a_call_leaves_it_out(workbench: Workbench, tmp_path: Path) -> None:
    """Where no model fits its rows, and a class of their own would have two fields of one name."""
    workbench.migrate('CREATE TABLE odd (id int PRIMARY KEY, "a b" int NOT NULL, "a-b" int)')
    queries = workbench.standard().queries
    other = [replace(each, columns=tuple(replace(c, nullable=True) for c in each.columns)) for each in queries]
    package = build_package(project_at(tmp_path), workbench.introspection, other)
    module = next(each for each in package.modules if each.path.name == "odd.py")
    assert {"exists", "count", "delete", "copy_many"} == {each.name for each in module.functions}
    assert "two columns of query find_by_id would both be called a_b in Python" in package.warnings[0].message


def test_inspect_shows_the_calls_apart_from_the_queries(new_project: NewProject) -> None:
    """With the table in place of a file."""
    project = new_project({"migrations/0001_x.sql": USERS, "queries/users.sql": GET_USER})
    found = json.loads(project.run("inspect", "--json").out)
    assert ["get_user"] == [each["name"] for each in found["queries"]]
    calls = {each["name"]: each for each in found["standard"]}
    assert ("users", "public.users", "optional") == tuple(
        calls["find_by_id"][key] for key in ("module", "file", "cardinality")
    )
    assert (["public.users"], ["public.users"]) == (calls["update"]["reads"], calls["update"]["writes"])
    assert ["name", "note"] == [each["name"] for each in calls["create_many"]["params"] if each["nullable"]]


def test_an_unchanged_schema_has_no_call_described_anew(new_project: NewProject) -> None:
    """What was found is remembered with the queries'."""
    project = new_project({"migrations/0001_x.sql": USERS, "queries/users.sql": GET_USER})
    project.run()
    before = project.read("generated/users.py")
    remembered = (project.root / ".janua/queries.msgpack").read_bytes()
    project.write("queries/users.sql", GET_USER + "-- changed\n")
    assert "1 query, 0 described anew" in project.run().out
    assert remembered == (project.root / ".janua/queries.msgpack").read_bytes()
    assert before == project.read("generated/users.py")


def test_a_wide_table_is_generated_soon(new_project: NewProject) -> None:
    """With as few variants as show that each column may be left out, and not with all combinations."""
    columns = ", ".join(f"c{at} text DEFAULT 'x'" for at in range(80))
    ddl = f"-- UP\nCREATE TABLE wide (id int PRIMARY KEY, {columns});\n-- DOWN\nDROP TABLE wide;\n"
    project = new_project({"migrations/0001_x.sql": ddl})
    outcome = project.run()
    assert (0, "") == (outcome.code, outcome.err)
    assert "c79: str | None | Unset = UNSET" in project.read("generated/wide.py")


def test_a_hidden_row_may_be_missing(package: Any) -> None:
    """Where row level security decides what is seen, no reference is sure to be found."""
    assert "Hidden | None" in str(package.pointing.hidden_of.__annotations__["return"])


def test_calls_for_many_rows_go_through_a_pipeline(db: Transaction, package: Any) -> None:
    """As those for one row do."""
    new = package.people.NewPerson
    with db.pipeline() as pipeline:
        package.people.create_many(pipeline, [new(id=1, name="p", tags=[]), new(id=2, name="p", tags=["x"])])
        package.people.update(pipeline, id=1, note="n")
    assert [("n", []), (None, ["x"])] == [(each.note, each.tags) for each in package.people.list_all(db)]
