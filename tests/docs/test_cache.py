"""docs/cache.md is true: its code runs, and its tables name every option with its default."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest
from janua.cache import Cache, NearCache

from tests.cache.test_rights import FLUSH, ON_CLUSTER, RIGHTS

PAGE = (Path(__file__).resolve().parents[2] / "docs/cache.md").read_text(encoding="utf-8")


def test_the_code_runs(janua_database_url: str, janua_redis_url: str) -> None:
    """From top to bottom, and the comments say what is returned."""
    with psycopg.connect(janua_database_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS products CASCADE")
        connection.execute("CREATE TABLE products (id int, price int)")
    known: dict[str, Any] = {"url": janua_database_url}
    checked = 0
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        code = block.replace("redis://localhost:6379/0", janua_redis_url)
        exec(compile(code, "cache.md", "exec"), known)
        for call, shown in re.findall(r"^(cache\.(?:remember|get)\(.*\)) +# (.*)$", code, re.MULTILINE):
            if "greeting" not in call:
                assert shown == repr(eval(call, known))
                checked += 1
    assert 1 == checked
    known["db"].close()
    known["cache"].close()
    known["redis"].close()


def test_the_rights_that_it_shows_are_those_that_are_tried() -> None:
    """No more and no less than with which the cache works."""
    [shown] = re.findall(r"^ACL SETUSER .*$", PAGE, re.MULTILINE)
    assert list(RIGHTS) == re.findall(r"\+(\S+)", shown)
    assert all(f"+{command}" in PAGE for command in (*FLUSH, ON_CLUSTER[0]))


@pytest.mark.parametrize("takes", [Cache, NearCache])
def test_every_option_is_there_with_its_default(takes: type) -> None:
    """In the order in which they are declared."""
    [table] = re.findall(rf"^\| `{takes.__name__}\(.*\n\|.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \| `?\"?([^|`\"]+)\"?`? \|", table, re.MULTILINE)
    parameters = [each for each in inspect.signature(takes).parameters.values() if each.name != "redis"]
    assert [(each.name, str(each.default)) for each in parameters] == [(name, shown.strip()) for name, shown in rows]
