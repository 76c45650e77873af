"""The code in docs/redis.md runs, in its order."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "redis.md"


async def test_its_code_runs(
    janua_redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Block after block, each with the names of those before it; what it says about values is so."""
    monkeypatch.setenv("JANUA_REDIS_URL", janua_redis_url)
    names: dict[str, Any] = {"__name__": "docs"}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for block in blocks:
        code = block.replace("redis://localhost:6379/0", janua_redis_url)
        exec(compile(code, PAGE.name, "exec", dont_inherit=True), names)
        if "app" in names:
            app = names.pop("app")
            assert inspect.iscoroutinefunction(type(app).__call__)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://app") as client:
                assert "session=" in (await client.get("/")).headers["set-cookie"]
            await names["aredis"].close()
    said = capsys.readouterr().out
    assert "192.0.2.1" in said
    assert "user_123" in said


def test_the_values_that_it_shows_are_right(janua_redis_url: str) -> None:
    """In the comments behind the lines."""
    from janua.redis import Redis

    page = PAGE.read_text("utf-8")
    names: dict[str, object] = {}
    first = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0].replace("redis://localhost:6379/0", janua_redis_url)
    shown = re.findall(r"^(redis\.\w+\(.*?\)) +# (\S.*)$", first, re.MULTILINE)
    assert 2 == len(shown)
    exec(first.split("redis.get")[0], names)
    assert [value for _, value in shown] == [repr(eval(code, names)) for code, _ in shown]
    redis = names["redis"]
    assert isinstance(redis, Redis)
    redis.close()
