"""The page about errors is true: its code catches what it says, and its table shows what the error has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from janua import ConstraintViolation, Database, JanuaError
from psycopg.errors import UniqueViolation

from generated import constraints, users

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/errors.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("address", "answer"),
    [("ada@example.com", "the address is taken"), ("nobody", "email_address: this is no address")],
)
def test_the_code_catches_what_it_names(janua_database_url: str, address: str, answer: str) -> None:
    """With a user who is there already."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with Database(janua_database_url) as db:
        users.register_user(db, email="ada@example.com", name="Ada", password_hash=b"x", locale="en")
        names: dict[str, Any] = {"db": db, "users": users, "address": address, "password_hash": b"x"}
        exec(compile(code, "docs/errors.md", "exec"), names)
    assert answer == names["answer"]


def test_the_table_shows_what_the_error_has(janua_db: Database) -> None:
    """And its classes are those that the page names."""
    for _ in range(2):
        try:
            users.register_user(janua_db, email="ada@example.com", name="Ada", password_hash=b"x", locale="en")
        except constraints.UsersEmailKey as violation:
            error = violation
    assert {UniqueViolation, ConstraintViolation, JanuaError} < set(type(error).__mro__)
    names = f'`"{error.schema}"`, `"{error.table}"`, `"{error.constraint}"`'
    columns = f"`{error.columns}`".replace("'", '"')
    assert [] == [each for each in (names, columns, f"`{error}`") if each not in PAGE]
    assert None is error.pgresult
