"""Settings of one transaction, such as the tenant that row level security goes by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from janua import Database, ParameterError

TENANT = UUID("0e37df36-f698-11e6-8dd4-cb9ced3df976")
READ = "SELECT current_setting('app.tenant', true) AS tenant, current_setting('lock_timeout') AS wait"
UNSET = {"tenant": "", "wait": "0"}


async def read(executor: Any, settle: Any) -> Any:
    [row] = await settle(executor.raw(READ))
    return {**row, "tenant": row["tenant"] or ""}


async def test_they_hold_for_the_transaction_alone(twin: Any, settle: Any, block: Any) -> None:
    """After a commit and after a rollback the connection has none of them."""
    settings = {"app.tenant": TENANT, "lock_timeout": 5000}
    async with block(twin.transaction(settings=settings)) as tx:
        assert {"tenant": str(TENANT), "wait": "5s"} == await read(tx, settle)
    assert UNSET == await read(twin, settle)
    with pytest.raises(LookupError):
        async with block(twin.transaction(settings=settings)):
            raise LookupError
    assert UNSET == await read(twin, settle)


async def test_values_are_parameters(twin: Any, settle: Any, block: Any) -> None:
    """Whatever they hold."""
    text = "'; DROP TABLE items; -- \\ { } , \" NULL"
    async with block(twin.transaction(settings={"app.tenant": text})) as tx:
        assert text == (await read(tx, settle))["tenant"]
    async with block(twin.transaction(settings={"enable_seqscan": False, "app.tenant": 1.5})) as tx:
        assert [{"enable_seqscan": "off"}] == await settle(tx.raw("SHOW enable_seqscan"))
        assert "1.5" == (await read(tx, settle))["tenant"]


async def test_a_nested_transaction_takes_its_own_back_when_it_rolls_back(twin: Any, settle: Any, block: Any) -> None:
    """Its commit keeps them for the rest of the outer one."""
    async with block(twin.transaction(settings={"app.tenant": "outer"})) as tx:
        with pytest.raises(LookupError):
            async with block(tx.transaction()) as nested:
                await settle(nested.set_local({"app.tenant": "inner"}))
                assert "inner" == (await read(nested, settle))["tenant"]
                raise LookupError
        assert "outer" == (await read(tx, settle))["tenant"]
        async with block(tx.transaction()) as nested:
            await settle(nested.set_local({"app.tenant": "inner"}))
        assert "inner" == (await read(tx, settle))["tenant"]


def test_run_sets_them_at_every_attempt(db: Database) -> None:
    """Also when the function is run again."""
    seen: list[object] = []

    def work(tx: Any) -> None:
        seen.extend(row["tenant"] for row in tx.raw(READ))
        if len(seen) < 3:
            raise psycopg.errors.SerializationFailure("again")

    db.run(work, settings={"app.tenant": "a"})
    assert ["a", "a", "a"] == seen


@pytest.mark.parametrize("name", ["app.tenant; DROP", "", "app..x", "1a", "é", 'app."x"'])
async def test_what_is_no_name_is_refused(twin: Any, settle: Any, block: Any, name: str) -> None:
    """Before the server sees it; the value is not shown."""
    with pytest.raises(ParameterError, match="is no name of a setting") as caught:
        async with block(twin.transaction(settings={name: "hunter2"})):
            pass
    assert "hunter2" not in str(caught.value)
    assert 0 == twin.pool_stats().busy


async def test_what_is_no_value_is_refused(twin: Any, settle: Any, block: Any) -> None:
    """By its type."""
    with pytest.raises(ParameterError, match=r"app\.tenant must be a str, a number, a bool or a UUID, not NoneType"):
        async with block(twin.transaction(settings={"app.tenant": None})):
            pass


async def test_the_server_refuses_what_it_does_not_know(twin: Any, settle: Any, block: Any) -> None:
    """And the transaction is rolled back."""
    with pytest.raises(psycopg.errors.UndefinedObject, match="unrecognized configuration parameter"):
        async with block(twin.transaction(settings={"no_such_setting": "1"})):
            pass
    assert 0 == twin.pool_stats().busy


@pytest.fixture
def tenants(pg_url: str) -> Iterator[str]:
    """A table whose rows belong to tenants, and a role that sees only those of its tenant."""
    with psycopg.connect(pg_url, autocommit=True) as server:
        server.execute(
            "CREATE ROLE janua_tenant; CREATE TABLE notes (tenant text, body text); ALTER TABLE notes ENABLE ROW LEVEL"
            " SECURITY; CREATE POLICY own ON notes USING (tenant = current_setting('app.tenant')); GRANT SELECT ON"
            " notes TO janua_tenant; INSERT INTO notes VALUES ('a', 'of a'), ('b', 'of b')"
        )
        try:
            yield pg_url
        finally:
            server.execute("DROP TABLE notes; DROP ROLE janua_tenant")


async def test_row_level_security_goes_by_them(tenants: str, twin: Any, settle: Any, block: Any) -> None:
    """Each transaction sees its tenant's rows."""
    for tenant in "ab":
        async with block(twin.transaction(settings={"app.tenant": tenant, "role": "janua_tenant"})) as tx:
            assert [{"body": f"of {tenant}"}] == await settle(tx.raw("SELECT body FROM notes"))
