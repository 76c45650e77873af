"""Reading migration files."""

from __future__ import annotations

from pathlib import Path

import pytest
from janua.errors import MigrationError
from janua.migrations import Migration, read_migrations

from ..conftest import Write


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(write: Write, text: str) -> Migration:
    [migration] = read_migrations(write("migrations/0001_create_users.sql", text).parent)
    return migration


def complaint(write: Write, text: str) -> str:
    with pytest.raises(MigrationError) as caught:
        read(write, text)
    return str(caught.value)


def test_the_sections_lie_between_their_marks(write: Write) -> None:
    """And know where they begin in the file."""
    text = "-- why\n-- UP\nCREATE TABLE a ();\n-- DOWN\nDROP TABLE a;\n"
    migration = read(write, text)
    assert migration.down is not None
    assert "\nCREATE TABLE a ();\n" == migration.up.sql
    assert "\nDROP TABLE a;\n" == migration.down.sql
    assert text[migration.up.offset :].startswith(migration.up.sql)
    assert text[migration.down.offset :].startswith(migration.down.sql)
    assert (1, "0001_create_users", True) == (migration.number, migration.name, migration.is_transactional)


@pytest.mark.parametrize("mark", ["--up", "--  Up  ", "  -- uP", "-- UP\r"])
def test_marks_are_read_in_any_case_and_with_any_blanks(write: Write, mark: str) -> None:
    """But alone on their line."""
    assert "SELECT 1;" == read(write, f"{mark}\nSELECT 1;").up.sql.strip()


def test_a_file_without_marks_is_all_up(write: Write) -> None:
    """The plainest file there can be."""
    migration = read(write, "SELECT 1;")
    assert ("SELECT 1;", 0, None) == (migration.up.sql, migration.up.offset, migration.down)


def test_what_precedes_a_lone_down_is_up(write: Write) -> None:
    """The mark of the first section says nothing that is not clear."""
    migration = read(write, "SELECT 1;\n-- DOWN\nSELECT 2;")
    assert "SELECT 1;\n" == migration.up.sql


@pytest.mark.parametrize(
    "decoy",
    [
        "$$\n-- DOWN\n$$",
        "$body$\n-- DOWN\n$body$",
        "'\n-- DOWN\n'",
        '"\n-- DOWN\n"',
        "/*\n-- DOWN\n*/ 1",
        "/* /* */\n-- DOWN\n*/ 1",
        "1 -- DOWN",
        "1\n-- DOWN is below",
        "1\n-- DOWN;",
    ],
)
def test_marks_that_are_something_else_are_ignored(write: Write, decoy: str) -> None:
    """In strings, names, dollar quotes and other comments, and in comments with more words."""
    migration = read(write, f"-- UP\nSELECT {decoy}\n;\n")
    assert migration.down is None
    assert decoy in migration.up.sql


def test_numbers_order_the_files(write: Write) -> None:
    """As numbers: 10 comes after 9, with or without zeros."""
    for name in ("10_c", "0009_b", "1_a"):
        write(f"migrations/{name}.sql", "")
    folder = write("migrations/README.md", "no migration").parent
    assert ["1_a", "0009_b", "10_c"] == [migration.name for migration in read_migrations(folder)]


def test_two_files_with_one_number_are_refused(write: Write) -> None:
    """Their order would depend on their words."""
    write("migrations/1_a.sql", "")
    folder = write("migrations/0001_b.sql", "").parent
    with pytest.raises(MigrationError) as caught:
        read_migrations(folder)
    assert "migrations/1_a.sql: has the same number as 0001_b.sql; give one of the two another" == str(caught.value)


def test_a_name_without_a_number_is_refused(write: Write) -> None:
    """A file that is silently left out would be missed much later."""
    folder = write("migrations/create_users.sql", "-- UP\n").parent
    with pytest.raises(MigrationError, match=r"create_users\.sql: is not called like 0001_create_users\.sql"):
        read_migrations(folder)


def test_a_second_mark_is_refused(write: Write) -> None:
    """The message names the place of both."""
    message = complaint(write, "-- UP\nSELECT 1;\n-- UP\n")
    assert "migrations/0001_create_users.sql:3:1: a second -- UP: the first one is in line 1" in message
    assert "    3 | -- UP\n      | ^^^^^" in message


def test_down_before_up_is_refused(write: Write) -> None:
    """It is hardly meant."""
    assert "0001_create_users.sql:1:1: -- DOWN stands before -- UP" in complaint(write, "-- DOWN\n-- UP\n")


def test_sql_before_up_is_refused(write: Write) -> None:
    """It would never run."""
    message = complaint(write, "-- why\nSELECT 1;\n-- UP\n")
    assert "0001_create_users.sql:2:1: SQL before -- UP would never run" in message


def test_an_unknown_directive_is_refused(write: Write) -> None:
    """A misspelt one would change how the file runs without a word."""
    message = complaint(write, "-- janua: notransaction\nSELECT 1;")
    assert '0001_create_users.sql:1:1: unknown directive "notransaction"' in message


def test_a_file_can_ask_to_run_outside_a_transaction(write: Write) -> None:
    """By a comment."""
    assert not read(write, "-- janua: no-transaction\nSELECT 1;").is_transactional


def test_an_unclosed_quote_is_shown_where_it_begins(write: Write) -> None:
    """Not at the end of the file."""
    message = complaint(write, "-- UP\nSELECT $$a;\n")
    assert "0001_create_users.sql:2:8: the dollar quote $$ is not closed" in message


def test_a_byte_order_mark_is_not_part_of_the_text(write: Write) -> None:
    """Some editors write one."""
    migration = read(write, "\ufeff-- UP\nSELECT 1;")
    assert migration.text.startswith("-- UP")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """With the line of the first byte that is not UTF-8."""
    path = tmp_path / "0001_a.sql"
    path.write_bytes("SELECT 1;\nSELECT 'é';".encode("latin-1"))
    with pytest.raises(MigrationError) as caught:
        read_migrations(tmp_path)
    assert "0001_a.sql:2: not UTF-8: the byte 0xe9 cannot stand here" == str(caught.value)
    assert (path, 2) == (caught.value.path, caught.value.line)
