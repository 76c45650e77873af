"""What has to be done now and then, by whichever worker comes first; more than one does no harm."""

from __future__ import annotations

import logging
from datetime import timedelta

from janua import Database

from generated import organizations, sessions

logger = logging.getLogger(__name__)

_SESSIONS_ARE_KEPT = timedelta(days=30)
_BATCH = 1000


def remove_sessions(db: Database) -> None:
    """End the sessions that were idle too long, and delete those that ended a month ago."""
    ended = sessions.revoke_idle_sessions(db)
    deleted = 0
    # In small transactions, so that nobody who is logging in has to wait for this.
    while batch := sessions.delete_ended_sessions(db, older_than=_SESSIONS_ARE_KEPT, limit=_BATCH):
        deleted += batch
    if ended or deleted:
        logger.info("sessions: %d ended, %d deleted", ended, deleted)


def refresh_summaries(db: Database) -> None:
    """Bring the operators' dashboard up to date, while others go on reading it."""
    organizations.refresh_organization_summaries(db)
