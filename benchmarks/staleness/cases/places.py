"""Whose answer it is: settings, tenants, versions, clocks, prefixes, replicas."""

from __future__ import annotations

from stage import Stage, with_user
from subject import Rows

from cases.case import collected

CASES, case = collected("Whose answer it is")


@case("the same text under another `search_path`", can_be_told=True)
def search_path(stage: Stage) -> None:
    """It reads another table."""
    reader = stage.process("reader", keys_settings=stage.is_told)
    own = stage.servers.truth("accounts")
    other: Rows = [["1", "1", "500"]]
    stage.warm(reader, "accounts")
    for _ in range(2):
        reader.begin(settings={"search_path": "side"})
        stage.expect(reader, "accounts", other)
        reader.commit()
        stage.expect(reader, "accounts", own)


@case("row level security: two tenants by a setting", can_be_told=True)
def tenants(stage: Stage) -> None:
    """No row crosses."""
    url = with_user(stage.servers.pg_url, "tenants")
    reader = stage.process("reader", pg_url=url, keys_settings=stage.is_told)
    for tenant, number in (("a", "1"), ("b", "2"), ("a", "1"), ("b", "2")):
        reader.begin(settings={"app.tenant": tenant})
        stage.expect(reader, "secrets", [[number, f"of {tenant}"]])
        reader.commit()
    stage.expect(reader, "secrets", [])


@case("a deploy: the later version reads a column more")
def deploy(stage: Stage) -> None:
    """Both versions run for a while, and write."""
    reader, wider = stage.process("reader"), stage.process("wider", is_wide=True)
    stage.warm(reader, "accounts")
    for value in (12, 13):
        stage.expect(wider, "accounts", [[*row, ""] for row in stage.servers.truth("accounts")])
        stage.check(reader, "accounts")
        wider.write("set_balance", value)
        stage.check(reader, "accounts")


@case("the reader's clock is 5 s ahead of the writer's")
def clock_ahead(stage: Stage) -> None:
    """As between two hosts."""
    reader, writer = stage.process("reader", clock_s=5.0), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.write("set_balance", 12)
    stage.check(reader, "accounts")


@case("the reader's clock is 5 s behind the writer's")
def clock_behind(stage: Stage) -> None:
    """As between two hosts."""
    reader, writer = stage.process("reader", clock_s=-5.0), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.write("set_balance", 12)
    stage.check(reader, "accounts")


@case("two caches with different prefixes on one server, one of which is flushed")
def prefixes(stage: Stage) -> None:
    """Each gives what is true."""
    one, two = stage.process("one", prefix="one:"), stage.process("two", prefix="two:")
    stage.warm(one, "accounts")
    stage.warm(two, "accounts")
    two.take("flush")
    one.write("set_balance", 12)
    stage.check(one, "accounts")
