"""Workers, as processes: what they deliver, and what happens when they end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from janua import Database

from examples.identity.settings import Settings
from examples.identity.worker import housekeeping
from generated import organizations, sessions, users, webhooks
from generated.enums import WebhookEvent
from tests.service.conftest import Arrive, StartWorker
from tests.service.people import Person, found_organization, mail_token
from tests.service.processes import eventually
from tests.service.receiver import Receiver


@dataclass(frozen=True)
class Hooked:
    """An organization with a webhook."""

    owner: Person
    organization_id: UUID
    path: str
    secret: str


@pytest.fixture
def acme(person: Arrive, receiver: Receiver) -> Hooked:
    """An organization that wants to know who comes and goes."""
    ada = person("Ada")
    made = found_organization(ada)
    wanted = {"url": receiver.url(), "events": ["member.joined", "member.left"], "headers": {"X-Shop": "7"}}
    hook = ada.client.post(f"{made.path}/webhooks", json=wanted)
    assert 201 == hook.status_code, hook.text
    return Hooked(ada, made.id, made.path, hook.json()["secret"])


def enqueue(db: Database, acme: Hooked, count: int) -> list[int]:
    """Queue events about as many users, at once, and return the numbers of the deliveries."""
    with db.transaction() as tx:
        return [
            delivery.id
            for _ in range(count)
            for delivery in webhooks.enqueue_deliveries(
                tx,
                event=WebhookEvent.MEMBER_LEFT,
                organization_id=acme.organization_id,
                payload={"user_id": str(uuid4())},
            )
        ]


def statuses(db: Database) -> dict[int, tuple[str, int]]:
    """Return status and number of attempts of every delivery."""
    rows = db.raw("SELECT id, status, attempts FROM webhook_deliveries")
    return {row["id"]: (row["status"], row["attempts"]) for row in rows}


def test_members_who_come_and_go_are_announced(
    acme: Hooked, person: Arrive, settings: Settings, receiver: Receiver, start_worker: StartWorker
) -> None:
    """Each with a signature that the receiver can check with its secret, as the Standard Webhooks say."""
    bob = person("Bob")
    acme.owner.client.post(f"{acme.path}/invitations", json={"email": bob.email})
    bob.client.post("/invitations/acceptance", json={"token": mail_token(settings.mail_folder, bob.email)})
    assert 204 == acme.owner.client.delete(f"{acme.path}/members/{bob.id}").status_code
    start_worker()
    joined, left = receiver.next_call(), receiver.next_call()
    assert ["member.joined", "member.left"] == [json.loads(call.body)["type"] for call in (joined, left)]
    assert (str(bob.id), str(bob.id)) == (joined.user_id, left.user_id)
    assert ("/hook", "7", "application/json") == (left.path, left.headers["x-shop"], left.headers["content-type"])
    signed = f"{left.headers['webhook-id']}.{left.headers['webhook-timestamp']}.".encode() + left.body
    key = base64.b64decode(acme.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert f"v1,{expected}" == left.headers["webhook-signature"]


def test_two_workers_share_the_queue(
    acme: Hooked, janua_db: Database, receiver: Receiver, start_worker: StartWorker
) -> None:
    """Both at work at the same time, and every delivery is sent exactly once."""
    workers = [start_worker(), start_worker()]
    receiver.is_open.clear()
    deliveries = enqueue(janua_db, acme, 20)
    # Each worker sends one at a time, so two calls that wait for their answers are from both.
    calls = [receiver.next_call(), receiver.next_call()]
    receiver.is_open.set()
    calls += [receiver.next_call() for _ in deliveries[2:]]
    assert sorted(deliveries) == sorted(call.message_id for call in calls)
    for worker in workers:
        worker.terminate()
    assert [0, 0] == [worker.wait() for worker in workers]
    assert receiver.calls.empty()
    assert dict.fromkeys(deliveries, ("delivered", 1)) == statuses(janua_db)


def test_a_killed_worker_loses_nothing(
    acme: Hooked, janua_db: Database, receiver: Receiver, start_worker: StartWorker
) -> None:
    """What it was sending is sent by the next one, when the lease is over; the rest waits in the queue."""
    receiver.is_open.clear()
    deliveries = enqueue(janua_db, acme, 3)
    killed = start_worker("--timeout", "1", "--lease", "1.5")
    sending = receiver.next_call().message_id
    killed.kill()
    assert ("sending", 1) == statuses(janua_db)[sending]
    receiver.is_open.set()
    start_worker("--timeout", "1", "--lease", "1.5")
    assert sorted(deliveries) == sorted(receiver.next_call().message_id for _ in deliveries)
    eventually(lambda: {"delivered"} == {status for status, _ in statuses(janua_db).values()}, "the last delivery")
    assert {id: 2 if id == sending else 1 for id in deliveries} == {
        id: attempts for id, (_, attempts) in statuses(janua_db).items()
    }


def test_a_worker_finishes_what_it_is_doing(
    acme: Hooked, janua_db: Database, receiver: Receiver, start_worker: StartWorker
) -> None:
    """SIGTERM in the middle of a call: the call is completed and written down, and no other is begun."""
    receiver.is_open.clear()
    first, second = enqueue(janua_db, acme, 2)
    worker = start_worker()
    assert first == receiver.next_call().message_id
    worker.terminate()
    assert worker.is_running()
    receiver.is_open.set()
    assert 0 == worker.wait()
    assert {first: ("delivered", 1), second: ("pending", 0)} == statuses(janua_db)


def test_a_failure_is_tried_again_later(
    acme: Hooked, janua_db: Database, receiver: Receiver, start_worker: StartWorker
) -> None:
    """After a pause; meanwhile its webhook shows how the latest call went."""
    receiver.answers.put(500)
    [delivery] = enqueue(janua_db, acme, 1)
    began = datetime.now(UTC)
    start_worker()
    receiver.next_call()
    eventually(lambda: ("pending", 1) == statuses(janua_db)[delivery], "the record of the failure")
    [row] = janua_db.raw("SELECT next_attempt_at, last_error FROM webhook_deliveries")
    assert timedelta(seconds=59) < row["next_attempt_at"] - began < timedelta(seconds=90)
    assert "the receiver answered 500" == row["last_error"]
    [hook] = acme.owner.client.get(f"{acme.path}/webhooks").json()
    assert ("pending", 500) == (hook["last_status"], hook["last_response_status"])
    janua_db.raw("UPDATE webhook_deliveries SET next_attempt_at = now()")
    assert delivery == receiver.next_call().message_id
    eventually(lambda: ("delivered", 2) == statuses(janua_db)[delivery], "the second attempt")


def test_a_receiver_that_is_not_who_it_says_gets_nothing(
    acme: Hooked, janua_db: Database, receiver: Receiver, start_worker: StartWorker
) -> None:
    """A certificate for another name is a failure like any other."""
    janua_db.raw("UPDATE webhooks SET url = replace(url, '127.0.0.1', 'localhost')")
    [delivery] = enqueue(janua_db, acme, 1)
    start_worker()
    eventually(lambda: ("pending", 1) == statuses(janua_db)[delivery], "the record of the failure")
    [row] = janua_db.raw("SELECT last_error FROM webhook_deliveries")
    assert "Hostname mismatch" in row["last_error"]
    assert receiver.calls.empty()


def test_a_worker_outlives_its_connections(
    acme: Hooked, janua_db: Database, receiver: Receiver, start_worker: StartWorker
) -> None:
    """A restart of the database costs a pause, not the process."""
    worker = start_worker()
    enqueue(janua_db, acme, 1)
    receiver.next_call()
    ended = janua_db.raw(
        "SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'identity-worker'"
    )
    assert {True} == {row["ended"] for row in ended}
    enqueue(janua_db, acme, 1)
    receiver.next_call()
    assert worker.is_running()


def test_a_worker_refreshes_the_dashboard(acme: Hooked, janua_db: Database, start_worker: StartWorker) -> None:
    """As soon as it starts, and then by the clock."""
    assert [] == organizations.list_organization_summaries(janua_db)
    start_worker()
    eventually(lambda: organizations.list_organization_summaries(janua_db) != [], "the refresh")
    [summary] = organizations.list_organization_summaries(janua_db)
    assert (acme.organization_id, 1) == (summary.organization_id, summary.members)


def test_sessions_that_ended_long_ago_are_deleted(person: Arrive, janua_db: Database) -> None:
    """Those that ended lately stay, for whoever asks where an account was used."""
    ada, bob, carol = person("Ada"), person("Bob"), person("Carol")
    for gone in (ada, bob):
        gone.client.delete("/sessions/current")
    janua_db.raw("UPDATE sessions SET revoked_at = now() - interval '31 days' WHERE user_id = $1", (ada.id,))
    housekeeping.remove_sessions(janua_db)
    left = janua_db.raw("SELECT user_id FROM sessions")
    assert {bob.id, carol.id} == {row["user_id"] for row in left}
    assert 1 == len(sessions.list_active_sessions(janua_db, user_id=carol.id))


def test_what_is_rolled_back_is_not_announced(acme: Hooked, janua_db: Database) -> None:
    """The queue is written in the transaction of the change."""
    with pytest.raises(ZeroDivisionError), janua_db.transaction() as tx:
        users.register_user(tx, email="bob@example.com", name=None, password_hash=None, locale="en")
        [queued] = webhooks.enqueue_deliveries(
            tx, event=WebhookEvent.MEMBER_JOINED, organization_id=acme.organization_id, payload={}
        )
        assert queued.id
        raise ZeroDivisionError
    assert {} == statuses(janua_db)
    assert [None] == [
        hook.last_status
        for hook in webhooks.list_webhooks_with_last_delivery(janua_db, organization_id=acme.organization_id)
    ]
