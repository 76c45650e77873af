"""The HTTP API: ``uvicorn examples.identity.api:app`` serves it."""

from examples.identity.api.application import create_app

__all__ = ["app", "create_app"]

app = create_app()
