"""Mail to users. It goes into a folder, a file a message: a real service gives it to its provider here."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Outbox:
    """The folder of messages. Sending is not undone by a rollback, so it comes after the commit."""

    folder: Path

    def send(self, recipient: str, subject: str, text: str) -> None:
        """Send one message. Blocks: in asynchronous code it belongs in a thread."""
        message = EmailMessage()
        message["To"] = recipient
        message["Subject"] = subject
        message.set_content(text)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{uuid4()}.eml").write_bytes(bytes(message))
