"""``domains = "newtype"``: each domain is a type of its own, which a type checker keeps apart from the others."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from janua import Database
from janua.migrations import read_migrations
from janua.scratch import ScratchServer

from .conftest import NewProject, drop_databases
from .sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]

MIGRATION = """-- UP
CREATE SCHEMA billing;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE place AS (x int, y int);
CREATE DOMAIN user_id AS bigint;
COMMENT ON DOMAIN user_id IS 'Whose it is. "Quoted"';
CREATE DOMAIN admin_id AS user_id CHECK (VALUE > 0);
CREATE DOMAIN a_ids AS user_id[];
CREATE DOMAIN email AS text NOT NULL;
CREATE DOMAIN feeling AS mood;
CREATE DOMAIN flag AS boolean;
CREATE DOMAIN settings AS jsonb;
CREATE DOMAIN spot AS place;
CREATE DOMAIN born AS date;
CREATE DOMAIN reborn AS born;
CREATE DOMAIN billing.amount AS numeric;
CREATE DOMAIN charge AS billing.amount;
CREATE TYPE contact AS (mail email, owner user_id);
CREATE TABLE users (
    id user_id PRIMARY KEY, mail email, friends user_id[], all_ids a_ids, boss admin_id, feeling feeling,
    flag flag, settings settings, spot spot, born born, reborn reborn, contact contact, charged charge, plain bigint
);
CREATE VIEW mails AS SELECT u.id AS who, u.mail, u.plain FROM users u;
CREATE TABLE billing.invoices (id int PRIMARY KEY, owner public.user_id NOT NULL, total billing.amount);
-- DOWN
SELECT 1;
"""

QUERIES = """-- name: get_user :optional
SELECT * FROM users WHERE id = :id;
-- name: find_user :many
SELECT u.id, m.mail, u.mail || '' AS text FROM users u LEFT JOIN mails m ON m.who = u.id
WHERE u.mail = :mail OR u.plain = :plain;
-- name: by_ids :many
WITH found AS (SELECT id, plain FROM users WHERE id = ANY(:ids)) SELECT id, plain AS other FROM found
WHERE id <> :cte_id;
-- name: add_user :one
INSERT INTO users (id, mail, friends, born, charged) VALUES (:id, :mail, :friends, :born, :charged::numeric)
RETURNING id, mail, born;
-- name: move_user :affected
UPDATE users SET id = :new_id, boss = :boss WHERE id = :id;
-- name: both :many
SELECT id FROM users WHERE id = :it OR plain = :it;
-- name: maybe :many
SELECT id FROM users WHERE :it::bigint IS NULL OR id = :it;
-- name: ids :many
SELECT i.owner, i.total FROM billing.invoices i WHERE i.owner IN (:one, :two);
-- name: as_json :many
SELECT to_jsonb(i) AS invoice, json_build_object('born', u.born, 'mail', u.mail,
    'friends', u.friends, 'reborn', u.reborn, 'spot', u.spot) AS of
FROM billing.invoices i JOIN users u ON u.id = i.owner;
-- name: cast_one :one
SELECT :id::user_id AS id, count(*) AS n FROM users;
"""

NEW_TYPES = '''
Born = _t.NewType("Born", _dt.date)
"""A value of the domain ``born``."""
Email = _t.NewType("Email", str)
"""A value of the domain ``email``."""
Spot = _t.NewType("Spot", Place)
"""A value of the domain ``spot``."""
UserId = _t.NewType("UserId", int)
"""Whose it is. "Quoted\\""""
AdminId = _t.NewType("AdminId", UserId)
"""A value of the domain ``admin_id``."""
Reborn = _t.NewType("Reborn", Born)
"""A value of the domain ``reborn``."""
AIds = _t.NewType("AIds", list[UserId])
"""A value of the domain ``a_ids``."""
'''


@pytest.fixture(scope="module")
def project(scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A project with many domains, generated."""
    made = Sandbox(tmp_path_factory.mktemp("domains"), scratch.url("postgres"))
    files = {"migrations/0001_domains.sql": MIGRATION, "queries/people.sql": QUERIES}
    made.fill(files, 'output = "domained"\nschemas = ["public", "billing"]\ndomains = "newtype"\n')
    outcome = made.run()
    assert (0, "") == (outcome.code, outcome.err)
    yield made
    drop_databases(made.root, made.url)


CLIENT = """
from domained import models as m, people
from janua import Database

def use(db: Database) -> None:
    user = people.get_user(db, id=m.UserId(1))
    assert user is not None
    people.move_user(db, new_id=user.id, boss=None, id=m.AdminId(user.id))
    people.find_user(db, mail=m.Email("a"), plain=user.id)
    people.by_ids(db, ids=user.friends or [], cte_id=1)
    people.both(db, it=1)
    people.get_user(db, id=1)  # wrong
    people.by_ids(db, ids=[1], cte_id=1)  # wrong
    people.move_user(db, new_id=user.id, boss=user.id, id=user.id)  # wrong
"""


def test_each_domain_is_a_new_type_of_its_base(project: Sandbox) -> None:
    """But for enums, bools and unions, which Python keeps from that, and for those over another schema's."""
    models = project.read("domained/models.py")
    assert NEW_TYPES == models[models.index("\nBorn = ") :]
    for line in ("    mail: Email | None", "    flag: bool | None", "    charged: _billing_m.Amount | None"):
        assert line in models.splitlines()
    assert 'Amount = _t.NewType("Amount", _dec.Decimal)' in project.read("domained/billing/models.py")


def test_columns_and_parameters_are_of_the_domain_that_they_meet(project: Sandbox) -> None:
    """Through joins, views and CTEs; where a domain and its base meet the same parameter, it is the base's."""
    people = project.read("domained/people.py")
    for expected in (
        "def get_user(db: Executor, /, *, id: _m.UserId) -> _m.User | None: ...",
        "def find_user(db: Executor, /, *, mail: _m.Email, plain: int) -> list[FindUserRow]: ...",
        "    id: _m.UserId\n    mail: _m.Email | None\n    text: str | None\n",
        "def by_ids(db: Executor, /, *, ids: _abc.Sequence[_m.UserId], cte_id: int) -> list[ByIdsRow]: ...",
        "    id: _m.UserId\n    other: int | None\n",
        "def move_user(db: Executor, /, *, new_id: _m.UserId, boss: _m.AdminId | None, id: _m.UserId) -> int: ...",
        "def both(db: Executor, /, *, it: int) -> list[_m.UserId]: ...",
        "def maybe(db: Executor, /, *, it: _m.UserId | None) -> list[_m.UserId]: ...",
        "def ids(db: Executor, /, *, one: _m.UserId, two: _m.UserId) -> list[IdsRow]: ...",
        "    owner: _m.UserId\n    total: _billing_m.Amount | None\n",
        "    invoice: _billing_m.Invoice\n    of: AsJsonOf\n",
        "    born: _m.Born | None\n    mail: _m.Email | None\n    friends: list[_m.UserId] | None\n"
        "    reborn: _m.Reborn | None\n    spot: _j.Json\n",
        "    id: _m.UserId,\n    mail: _m.Email,\n    friends: _abc.Sequence[_m.UserId] | None,\n"
        "    born: _m.Born | None,\n    charged: _billing_m.Amount | None,\n",
    ):
        assert expected in people


def test_a_column_of_a_not_null_domain_is_none_only_where_it_may_be(project: Sandbox) -> None:
    """As a value of the row that INSERT returns it is not; from the other side of an outer join it may be."""
    people = project.read("domained/people.py")
    assert "    id: _m.UserId\n    mail: _m.Email\n    born: _m.Born | None\n" in people
    assert "    id: _m.UserId\n    mail: _m.Email | None\n    text" in people


def test_a_type_checker_keeps_them_apart(project: Sandbox) -> None:
    """And finds nothing else, in the package or its use."""
    project.write("client.py", CLIENT)
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "domained", "client.py"]
    cache = str(ROOT / ".mypy_cache/domained")
    environment = {**os.environ, "MYPYPATH": str(ROOT / "runtime"), "MYPY_CACHE_DIR": cache}
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, env=environment)
    lines = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    wrong = {at for at, line in enumerate(CLIENT.splitlines(), 1) if line.endswith("# wrong")}
    assert wrong == lines, done.stdout + done.stderr


@pytest.mark.parametrize("first", ["models", "billing.models", "people", "_types"])
def test_its_modules_may_be_imported_in_any_order(project: Sandbox, first: str) -> None:
    """Though those of two schemas import each other."""
    command = [sys.executable, "-c", f"import domained.{first}, domained.people, domained.billing.models"]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    assert (0, "") == (done.returncode, done.stderr)


def test_their_values_are_those_of_the_base(project: Sandbox, scratch: ScratchServer) -> None:
    """Both ways."""
    name = scratch.clone(scratch.migrated(read_migrations(project.root / "migrations"), purpose="domains"))
    sys.path.insert(0, str(project.root))
    try:
        people, models = (importlib.import_module(f"domained.{each}") for each in ("people", "models"))
        with Database(scratch.url(name)) as db:
            added = people.add_user(
                db, id=models.UserId(1), mail=models.Email("a"), friends=[models.UserId(2)], born=None, charged=None
            )
            assert ("a", 1) == (added.mail, added.id)
            found = people.get_user(db, id=models.UserId(1))
            assert (1, "a", [2]) == (found.id, found.mail, found.friends)
            db.raw("UPDATE users SET born = '2000-01-02', reborn = '2000-01-03', spot = (1, 2)")
            db.raw("INSERT INTO billing.invoices VALUES (7, 1, 1.50)")
            [row] = people.as_json(db)
            assert (7, 1, Decimal("1.50")) == (row.invoice.id, row.invoice.owner, row.invoice.total)
            assert (date(2000, 1, 2), "a", [2]) == (row.of.born, row.of.mail, row.of.friends)
            assert (date(2000, 1, 3), {"x": 1, "y": 2}) == (row.of.reborn, row.of.spot)
            assert [1] == [each.id for each in people.by_ids(db, ids=[models.UserId(1)], cte_id=2)]
    finally:
        sys.path.remove(str(project.root))
        for each in [each for each in sys.modules if each.partition(".")[0] == "domained"]:
            del sys.modules[each]
        scratch.drop(name)


def test_inspect_shows_them(project: Sandbox) -> None:
    """By their names."""
    found = json.loads(project.run("inspect", "--json").out)
    query = next(each for each in found["queries"] if each["name"] == "by_ids")
    assert ["Sequence[UserId]", "int"] == [each["python"] for each in query["params"]]
    assert ["UserId", "int"] == [each["python"] for each in query["columns"]]


def test_without_the_option_a_domain_is_its_base(new_project: NewProject) -> None:
    """Everywhere."""
    project = new_project({"migrations/0001_domains.sql": MIGRATION, "queries/people.sql": QUERIES})
    assert 0 == project.run().code
    assert "NewType" not in project.read("generated/models.py")
    assert "def get_user(db: Executor, /, *, id: int) -> _m.User | None: ..." in project.read("generated/people.py")


def test_a_domain_with_the_name_of_a_class_must_be_renamed(new_project: NewProject) -> None:
    """As two classes of one name must."""
    migration = "-- UP\nCREATE DOMAIN item AS text;\nCREATE TABLE items (id item);\n-- DOWN\nSELECT 1;\n"
    project = new_project({"migrations/0001_x.sql": migration}, 'domains = "newtype"\n')
    outcome = project.run()
    assert 1 == outcome.code
    assert "public.items and public.item would both become the class Item" in outcome.err
    project.write("pyproject.toml", '[tool.janua]\ndomains = "newtype"\nrename = { item = "ItemName" }\n')
    assert 0 == project.run().code
    assert 'ItemName = _t.NewType("ItemName", str)' in project.read("generated/models.py")


def test_a_wrong_value_of_the_option_is_an_error(new_project: NewProject) -> None:
    """With the file and the key."""
    outcome = new_project({}, 'domains = "new"\n').run()
    assert 2 == outcome.code
    assert "domains" in outcome.err
