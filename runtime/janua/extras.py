"""What the extras of this distribution bring, and what is said where a package of theirs is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from janua.errors import MissingExtra

EXTRAS = {
    **dict.fromkeys(("janua_generator", "sqlglot", "jinja2", "watchfiles", "yaml"), "generator"),
    **dict.fromkeys(("fakeredis", "lupa"), "fake"),
    "opentelemetry": "otel",
    "prometheus_client": "prometheus",
    "pytest": "testing",
    "rich": "monitor",
}
"""The extra that has a package, by the name that it is imported under."""


@contextmanager
def needed_by(what: str) -> Iterator[None]:
    """
    Have the imports within say which extra brings a package, or libpq, that is not there.

    Raises MissingExtra; what else fails to be imported passes through.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        raise MissingExtra(f"{what} needs the package {package}: {install(EXTRAS[package])}") from None
    except ImportError:
        require_libpq()
        raise


def install(extra: str) -> str:
    """Return the command that installs an extra."""
    return f"pip install 'janua-database[{extra}]'"


def require_libpq() -> None:
    """Load psycopg. Raises MissingExtra where it finds no libpq, with what it tried."""
    try:
        import_module("psycopg.pq")
    except ModuleNotFoundError:
        raise
    except ImportError as error:
        raise MissingExtra(f"{error}\n{install('binary')} brings libpq; or install the system's") from None
