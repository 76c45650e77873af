"""
Deliveries of webhooks: each is taken from the queue, sent, and written down.

Taking one commits at once and leaves a lease, so no transaction is open while a receiver is slow, and a
worker that dies loses nothing: when the lease is over, another one takes the delivery. So each is delivered
at least once, and twice only where a worker died between sending and writing down. Receivers recognise
that by the header ``webhook-id``.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import timedelta

from janua import Database

from examples.identity import signing
from examples.identity.worker.posting import Answer, post
from generated import webhooks
from generated.webhooks import ClaimDeliveriesRow

logger = logging.getLogger(__name__)

_MAX_ATTEMPTS = 8


class Deliverer:
    """Sends deliveries, one at a time. ``timeout`` is how many seconds a receiver may be silent."""

    def __init__(self, service_key: bytes, lease: timedelta, timeout: float) -> None:
        self._service_key = service_key
        self._lease = lease
        self._timeout = timeout

    def deliver_next(self, db: Database) -> bool:
        """
        Send the delivery that has been due longest; return False where none is due.

        A failure is no error: the delivery is due again after a pause that doubles, until it has had
        all its attempts.
        """
        # One, because its lease is running: those behind it in a batch would wait for a slow receiver.
        claimed = webhooks.claim_deliveries(db, limit=1, lease=self._lease)
        for delivery in claimed:
            self._write_down(db, delivery, self._send(delivery))
        return bool(claimed)

    def _send(self, delivery: ClaimDeliveriesRow) -> Answer:
        body = json.dumps({"type": delivery.event, "data": delivery.payload}).encode()
        key = signing.signing_key(self._service_key, delivery.secret)
        message_id, timestamp = str(delivery.id), int(time.time())
        own = delivery.headers if isinstance(delivery.headers, dict) else {}
        headers = {name.lower(): str(value) for name, value in own.items()} | {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signing.signature(key, message_id, timestamp, body),
        }
        return post(delivery.url, body, headers, self._timeout)

    def _write_down(self, db: Database, delivery: ClaimDeliveriesRow, answer: Answer) -> None:
        if answer.error is None:
            webhooks.complete_delivery(
                db,
                id=delivery.id,
                attempts=delivery.attempts,
                response_status=answer.status,
                duration_ms=answer.duration_ms,
            )
            return
        failed = webhooks.fail_delivery(
            db,
            id=delivery.id,
            attempts=delivery.attempts,
            max_attempts=_MAX_ATTEMPTS,
            response_status=answer.status,
            duration_ms=answer.duration_ms,
            error=answer.error,
        )
        again = failed.next_attempt_at if failed else None
        logger.info("delivery %d failed, next attempt: %s", delivery.id, again.isoformat() if again else "none")
