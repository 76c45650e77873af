"""A type checker sees the installed package's types: it accepts what is right and finds what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RIGHT = """\
from janua import AsyncDatabase, Database
from generated import users

def sync(db: Database) -> bytes | None:
    user = users.find_user_for_login(db, email="ada@example.com")
    return user.password_hash if user else None

async def asynchronous(db: AsyncDatabase) -> str | None:
    user = await users.find_user_for_login(db, email="ada@example.com")
    return user.status if user else None
"""
WRONG = RIGHT.replace("bytes | None", "bytes").replace("email=", "mail=")


def mypy(text: str) -> str:
    """Check a module, and return what is found."""
    Path("service.py").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "service.py", "generated/users.py"], capture_output=True, text=True
    ).stdout


assert mypy(RIGHT).startswith("Success"), mypy(RIGHT)
found = mypy(WRONG)
for code in ("[return-value]", "[call-overload]"):
    assert code in found, found
