"""The reference application's own factories."""

from __future__ import annotations

import asyncio

import pytest
from janua import AsyncDatabase, Database
from janua.testing.factories import Factory

from generated import enums, factories


@pytest.mark.parametrize("factory", factories.ALL.values(), ids=factories.ALL.keys())
def test_every_table_takes_fifty_rows(janua_db: Database, factory: Factory[object]) -> None:
    """In one transaction, which none of them ends."""
    with janua_db.transaction() as tx:
        assert 50 == len([factory.make(tx, {}) for _ in range(50)])


def test_what_is_given_decides_about_the_rest(janua_db: Database) -> None:
    """An accepted invitation has a time at which it was."""
    invitation = factories.make_invitation(janua_db, status=enums.InvitationStatus.ACCEPTED)
    assert invitation.accepted_at is not None
    flag = factories.make_feature_flag(janua_db, key="beta")
    override = factories.make_feature_flag_override(janua_db, flag_key=flag.key)
    assert "beta" == override.flag_key
    assert [{"count": 1}] == list(janua_db.raw("SELECT count(*) FROM feature_flags"))


async def test_an_asynchronous_database_makes_the_same(janua_adb: AsyncDatabase) -> None:
    """Awaited, one after the other or at the same time."""
    member = await factories.make_membership(janua_adb)
    group = await factories.make_group(janua_adb, organization_id=member.organization_id)
    added = await factories.make_group_member(janua_adb, organization_id=group.organization_id, group_id=group.id)
    assert (group.organization_id, group.id) == (added.organization_id, added.group_id)
    users = await asyncio.gather(*(factories.make_user(janua_adb) for _ in range(10)))
    assert 10 == len({user.email for user in users})


def test_each_row_is_one_statement(janua_db: Database) -> None:
    """A session is one of a user: two rows, two statements."""
    seen: list[str] = []
    janua_db.on("query", lambda event: seen.append(event.name))
    factories.make_session(janua_db)
    assert ["builder: insert on public.users", "builder: insert on public.sessions"] == seen
