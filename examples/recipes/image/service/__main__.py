"""The process of the image: ends cleanly when it is told to."""

from __future__ import annotations

import logging
import signal
from threading import Event

from janua import Database
from shop_db import notes


def main() -> None:
    """Say how many notes there are, once a minute, until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO)
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with Database() as db:
        while True:
            logging.info("%d notes", len(notes.search_notes(db, text="", limit=100)))
            if ended.wait(60):
                return


main()
