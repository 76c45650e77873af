"""The page about transactions is true: its code runs, and its counts are those of a run of the faults."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

from janua import Database, errors

from generated import users

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/transactions.md").read_text(encoding="utf-8")


def test_the_calls_that_it_shows_run(janua_database_url: str) -> None:
    """With the names that it leaves open filled in, and the three dots as they stand."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    sent: list[str] = []
    with Database(janua_database_url) as db:
        ada = users.register_user(db, email="ada@example.com", name="Ada", password_hash=b"x", locale="en")
        names = {
            "db": db,
            "users": users,
            "user": ada,
            "mailer": SimpleNamespace(send=sent.append),
            "welcome": "hello",
            "transfer": lambda tx, a, b: users.get_user(tx, id=ada.id),
            "a": 1,
            "b": 2,
        }
        exec(compile(code, "docs/transactions.md", "exec"), names)
        assert ["hello"] == sent
        assert 0 == db.pool_stats().busy


def test_the_errors_that_it_names_exist() -> None:
    """Each is a class of the package's."""
    named = set(re.findall(r"`((?:Transaction|Commit|After|Nested)[A-Za-z]+)`", PAGE))
    assert {"TransactionLost", "CommitUnknown", "AfterCommitFailed"} < named
    assert [] == [name for name in named if not hasattr(errors, name)]
