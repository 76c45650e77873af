"""The worker's process: its options, its signals, what it opens and closes."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from types import FrameType

from janua import Database, JanuaError, PoolOptions
from janua.redis import Redis

from examples.identity.settings import read_settings
from examples.identity.worker.deliveries import Deliverer
from examples.identity.worker.loop import Worker


def main(argv: Sequence[str] | None = None) -> None:
    """
    Work until SIGTERM or SIGINT: the call under way is finished and recorded, then the process ends with 0.

    What a killed worker was sending is sent by another one, when the lease is over.
    """
    options = _parse(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        settings = read_settings()
        db = Database(settings.database_url, application_name="identity-worker", pool=PoolOptions(max_size=2))
        redis = Redis(settings.redis_url, prefix=settings.redis_prefix)
        deliverer = Deliverer(settings.webhook_key, timedelta(seconds=options.lease), options.timeout)
        worker = Worker(db, redis, deliverer, options.pause)
        _stop_on_signals(worker)
        with db, redis:
            worker.run()
    except JanuaError as error:
        sys.exit(str(error))


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.identity.worker", description="Deliver webhooks.")
    parser.add_argument("--pause", type=float, default=0.5, help="seconds to wait where nothing is due (0.5)")
    parser.add_argument("--timeout", type=float, default=10, help="seconds that a receiver may be silent (10)")
    parser.add_argument("--lease", type=float, default=60, help="seconds until another worker may take over (60)")
    options = parser.parse_args(argv)
    if options.lease <= options.timeout:
        parser.error("--lease must be longer than --timeout, or two workers send the same delivery")
    return options


def _stop_on_signals(worker: Worker) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


if __name__ == "__main__":
    main()
