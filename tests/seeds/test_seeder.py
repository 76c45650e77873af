"""Seeds: what they do, and that they do all of it or nothing."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from janua import AsyncDatabase, ConfigError, Database, SeedError
from janua.seeds import AsyncSeeder, Seeder

from ..conftest import Write

TEAM = "INSERT INTO teams VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name;\n"
PERSON = "INSERT INTO people VALUES (1, 1, 'Ada; -- no comment') ON CONFLICT DO NOTHING"


def people(db: Database) -> list[str]:
    """The names of all people, in the order of their ids."""
    return [row["name"] for row in db.raw("SELECT name FROM people ORDER BY id")]


def failure(seeder: Seeder, name: str = "a") -> SeedError:
    """The error of a seed, after which nothing is there."""
    with pytest.raises(SeedError) as caught:
        seeder.run(name)
    assert [{"count": 0}] == seeder._db.raw("SELECT count(*) FROM teams")
    return caught.value


def test_a_file_is_run_as_often_as_one_likes(db: Database, seeder: Seeder, write: Write) -> None:
    """Its statements are counted."""
    write("seeds/a.sql", f"-- people\n{TEAM}/* ; */{PERSON}")
    assert [2, 2] == [seeder.run("a")[0].statements for _ in range(2)]
    assert ["Ada; -- no comment"] == people(db)


def test_a_folder_is_a_seed(db: Database, seeder: Seeder, write: Write) -> None:
    """Its files are run in the order of their names, and after those that they ask for."""
    write("seeds/a/1_people.sql", f"-- after: teams\n{PERSON}")
    write("seeds/a/teams.sql", TEAM)
    write("seeds/a/.hidden.sql", "nonsense")
    assert ["teams.sql", "1_people.sql"] == [each.path.name for each in seeder.run("a")]


def test_a_seed_comes_after_another(db: Database, seeder: Seeder, write: Write) -> None:
    """Which is run with it, once."""
    write("seeds/common.sql", TEAM)
    write("seeds/a.sql", f"\n-- after: common, more\n{PERSON};")
    write("seeds/more.sql", "-- after: common\nINSERT INTO teams VALUES (2, 'b')")
    assert ["common", "more", "a"] == [each.path.stem for each in seeder.run("a")]


def test_files_that_wait_for_each_other_are_named(seeder: Seeder, write: Write) -> None:
    """And nothing is run."""
    write("seeds/a.sql", f"-- after: b\n{TEAM}")
    write("seeds/b.sql", f"-- after: a\n{TEAM}")
    assert "seeds wait for each other" in str(failure(seeder))
    write("seeds/b.sql", f"-- after: c\n{TEAM}")
    assert re.search(r'b\.sql:1: there is no seed "c" to run before this one', str(failure(seeder)))


@pytest.mark.parametrize("name", ["tests", "../a", "", "a.b"])
def test_a_seed_that_is_not_there(seeder: Seeder, write: Write, name: str) -> None:
    """The others are named, or the one that was meant."""
    write("seeds/test.sql", TEAM)
    with pytest.raises(ConfigError, match=re.escape(f'there is no seed "{name}"') + ".*test"):
        seeder.run(name)


def test_a_function_is_given_the_transaction(db: Database, seeder: Seeder, write: Write) -> None:
    """It may use what the project has, and what another seed has left."""
    write("seeds/teams.sql", TEAM)
    write("own_code.py", "NAME = 'Grace'")
    write(
        "seeds/a.py",
        "# after: teams\nfrom own_code import NAME\n\ndef seed(db):\n"
        "    db.raw('INSERT INTO people VALUES (1, 1, $1)', (NAME,))\n",
    )
    seeder.run("a")
    assert ["Grace"] == people(db)


async def test_an_asynchronous_function_is_awaited(url: str, tmp_path: Path, write: Write) -> None:
    """SQL files are run beside it."""
    write("seeds/a/1.sql", TEAM)
    write("seeds/a/2.py", "async def seed(db):\n    await db.raw('INSERT INTO people VALUES (1, 1)')\n")
    async with AsyncDatabase(url) as db:
        assert 2 == len(await AsyncSeeder(db, tmp_path / "seeds").run("a"))
        assert 1 == len(await db.raw("SELECT FROM people"))


def test_a_function_of_the_other_kind_is_refused(seeder: Seeder, write: Write) -> None:
    """Before anything has run."""
    write("seeds/a/1.sql", TEAM)
    write("seeds/a/2.py", "async def seed(db): ...")
    assert "2.py: seed(db) is an async def, which AsyncSeeder runs" in str(failure(seeder))


PYTHON = {
    "a mistake": ("def seed(db):\n    x = 1\n    x.nonsense\n", r"a\.py:3:5: AttributeError: 'int' object"),
    "at the beginning": ("import nonsense_that_is_not_there\ndef seed(db): ...", r"a\.py:1:1: ModuleNotFoundError"),
    "the syntax": ("def seed(db):\n    return (\n", r"a\.py:2:\d+: SyntaxError"),
    "no function": ("def sead(db): ...", r"a\.py: has no function seed\(db\)"),
    "the server": (
        "def seed(db):\n    db.raw('SELECT nonsense')\n",
        r"a\.py:2:5: UndefinedColumn: column",
    ),
}


@pytest.mark.parametrize(("text", "message"), PYTHON.values(), ids=PYTHON.keys())
def test_errors_of_a_function_have_its_line(seeder: Seeder, write: Write, text: str, message: str) -> None:
    """And the cause of the error."""
    write("seeds/teams.sql", TEAM)
    write("seeds/a.py", f"{text}\n# after: teams")
    assert re.search(message, str(failure(seeder)))


SQL = {
    "a word": ("\nSELEC 1;", r'a\.sql:3:1: syntax error at or near "SELEC" \[42601\]'),
    "a column": ("SELECT 1,\n  nonsense;", r'a\.sql:3:3: column "nonsense" does not exist \[42703\]'),
    "a constraint": ("INSERT INTO people VALUES (1, 7);", r"a\.sql:2:1: .* violates (the )?foreign key .* \[23503\]"),
    "a string": ("INSERT INTO teams VALUES (2, 'b);\n", r"a\.sql:2:30: the string is not closed"),
    "a comment": ("/* x", r"a\.sql:2:1: the block comment is not closed"),
    "an end": ("COMMIT; SELECT 1;", r"a\.sql:2:1: a seed runs in one transaction"),
    "psql": ("\\copy teams from x", r"a\.sql:2:1: lines that begin with \\ are psql's own"),
    "no transaction": ("VACUUM", r"a\.sql:2:1: VACUUM cannot run inside a transaction block"),
    "a file": ("COPY teams FROM 'no.csv'", r"a\.sql:2: no\.csv: No such file or directory"),
}


@pytest.mark.parametrize(("text", "message"), SQL.values(), ids=SQL.keys())
def test_errors_of_a_statement_have_its_place(seeder: Seeder, write: Write, text: str, message: str) -> None:
    """In the file, with an excerpt of it."""
    write("seeds/a.sql", TEAM + text)
    assert re.search(message, str(failure(seeder)))


def test_a_text_that_is_none_is_refused(seeder: Seeder, tmp_path: Path) -> None:
    """By the file's name."""
    (tmp_path / "seeds" / "a.sql").write_bytes(b"SELECT '\xff'")
    assert "a.sql: not a UTF-8 text" in str(failure(seeder))


def test_copy_reads_a_file_beside_the_seed(db: Database, seeder: Seeder, write: Write) -> None:
    """Here, not on the server; packed ones too."""
    write("seeds/people.csv", 'id,team_id,name\n1,1,Ada\n2,1,"O\'Hara, Scarlett"\n')
    (seeder._folder / "more.csv.gz").write_bytes(gzip.compress(b"3,1,Grace\n"))
    write(
        "seeds/a.sql",
        f"{TEAM}COPY people (id, team_id, name) FROM 'people.csv' WITH (FORMAT csv, HEADER);\n"
        "COPY people FROM 'more.csv.gz' (FORMAT csv);",
    )
    assert 3 == seeder.run("a")[0].rows
    assert ["Ada", "O'Hara, Scarlett", "Grace"] == people(db)


def test_data_may_follow_copy_in_the_file(db: Database, seeder: Seeder, write: Write) -> None:
    """As pg_dump writes it, whatever a dump sets for its session."""
    write(
        "seeds/a.sql",
        "SET search_path = '';\nCOPY public.teams (id, name) FROM stdin;\n1\ta;'b\n2\t\\N x\n\\.\n\n"
        f"SELECT pg_catalog.set_config('work_mem', '1MB', false);\n-- end\nSET search_path = public;{PERSON}",
    )
    assert 2 == seeder.run("a")[0].rows
    assert ["Ada; -- no comment"] == people(db)
    assert "1MB" != db.raw("SHOW work_mem")[0]["work_mem"]


def test_a_bad_row_is_named(seeder: Seeder, write: Write) -> None:
    """By its number in the file."""
    write("seeds/teams.csv", "1,a\n2,b\nx,c\n")
    write("seeds/a.sql", "COPY teams FROM 'teams.csv' CSV")
    assert re.search(r"a\.sql:1:1: invalid input .* \(row 3 of teams\.csv\) \[22P02\]", str(failure(seeder)))


def test_a_seed_on_a_transaction_is_a_part_of_it(db: Database, seeder: Seeder, write: Write) -> None:
    """And goes with it."""
    write("seeds/a.sql", TEAM)
    with pytest.raises(ZeroDivisionError), db.transaction() as tx:
        Seeder(tx, seeder._folder).run("a")
        assert 1 == len(tx.raw("SELECT FROM teams"))
        _ = 1 / 0
    assert [] == db.raw("SELECT FROM teams")


def test_statements_are_cut_as_the_server_reads_them(db: Database, seeder: Seeder, write: Write) -> None:
    """Whatever has a semicolon in it."""
    write(
        "seeds/a.sql",
        r"""
        INSERT INTO teams VALUES (1, E'a\';b'), (2, $x$;$y$'$x$), (3, '''';''');
        INSERT /* ' /* ; */ " */ INTO "teams" /* ; */ VALUES (4, U&'\0041;') -- ';
        ;;
        CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
        DO $$ BEGIN INSERT INTO teams VALUES (5, 'x'); END $$;
        WITH x AS (SELECT 6 AS id) INSERT INTO teams SELECT id, ';' FROM x
        """.replace("'''';''')", "''';''')"),
    )
    assert 5 == seeder.run("a")[0].statements
    names = [row["name"] for row in db.raw("SELECT name FROM teams ORDER BY id")]
    assert ["a';b", ";$y$'", "';'", "A;", "x", ";"] == names


_RUN = r"""
import re, sys
from pathlib import Path
from janua import Database
from janua.seeds import Seeder
with Database(sys.argv[1]) as db:
    print("begun", flush=True)
    done = Seeder(db, Path(sys.argv[2])).run("a")
    # of this program alone: getrusage tells that of the process that started it, where that was larger
    status = Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])
    print(done[0].statements, done[0].rows, peak // 1024)
"""


def test_large_files_take_little_memory(url: str, db: Database, tmp_path: Path) -> None:
    """Two hundred megabytes of data beside the file, and twenty of statements in it."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    db.raw("CREATE TABLE large (id int, value text); ALTER TABLE large SET UNLOGGED")
    line = "1,{}\n".format("x" * 1000)
    with (folder / "large.csv").open("w") as file:
        for _ in range(200):
            file.write(line * 1000)
    with (folder / "a.sql").open("w") as file:
        file.write("COPY large FROM 'large.csv' CSV;\n")
        for _ in range(20_000):
            file.write(f"INSERT INTO large VALUES (1, '{'y' * 960}');\n")
    done = subprocess.run([sys.executable, "-c", _RUN, url, folder], capture_output=True, text=True, check=True)
    statements, rows, megabytes = map(int, done.stdout.splitlines()[1].split())
    assert (20_001, 200_000) == (statements, rows)
    assert megabytes < 120


def test_a_killed_run_leaves_nothing(url: str, db: Database, seeder: Seeder, write: Write) -> None:
    """Whatever it had done."""
    write("seeds/a.sql", f"{TEAM}SELECT pg_sleep(60);")
    process = subprocess.Popen([sys.executable, "-c", _RUN, url, seeder._folder], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    while not db.raw("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"):
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert [] == db.raw("SELECT FROM teams")


def test_violations_are_those_of_the_server(seeder: Seeder, write: Write) -> None:
    """As the cause."""
    write("seeds/a.sql", "INSERT INTO people VALUES (1, 7)")
    assert isinstance(failure(seeder).__cause__, psycopg.errors.ForeignKeyViolation)
