"""
A project of 100 tables and as many queries as are asked for, readable by janua and by sqlc alike.

It is made from two templates: ``area.sql`` has the tables of a subject (invoices, tickets, …),
``area_queries.sql`` twenty queries on them, of which each round of copies asks something else.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
AREAS = (
    "account", "campaign", "catalog", "contract", "course", "device", "document", "employee", "event", "invoice",
    "issue", "listing", "message", "order", "parcel", "patient", "payment", "product", "project", "report",
    "shipment", "subscription", "ticket", "vehicle",
)  # fmt: skip


_SETTINGS = '[tool.janua]\nmigrations = "migrations"\nqueries = "queries"\noutput = "generated"\n'
_SQLC = """\
version: "2"
sql:
  - engine: postgresql
    schema: migrations
    queries: queries
    gen:
      go: {package: generated, out: sqlc, sql_package: pgx/v5, emit_json_tags: true}
"""


def write_project(folder: Path, queries: int) -> None:
    """Write the project into a new folder."""
    for name in ("migrations", "queries"):
        (folder / name).mkdir(parents=True)
    (folder / "pyproject.toml").write_text(_SETTINGS)
    (folder / "sqlc.yaml").write_text(_SQLC)
    (folder / "migrations" / "0001_base.sql").write_text((HERE / "base.sql").read_text())
    for number, area in enumerate(AREAS, start=2):
        text = _of_area((HERE / "area.sql").read_text(), area, 0)
        (folder / "migrations" / f"{number:04}_{area}.sql").write_text(text)
    for name, text in _query_files(queries):
        (folder / "queries" / f"{name}.sql").write_text(text)


def _query_files(queries: int) -> Iterator[tuple[str, str]]:
    template = (HERE / "area_queries.sql").read_text()
    pieces = re.findall(r"^-- name:.*?;\n", template, re.MULTILINE | re.DOTALL)
    left = queries
    for number in itertools.count():
        if left <= 0:
            return
        round_, area = number // len(AREAS) + 1, AREAS[number % len(AREAS)]
        yield f"{area}_{round_}", _of_area("\n".join(pieces[:left]), area, round_)
        left -= len(pieces)


def _of_area(template: str, area: str, round_: int) -> str:
    """``@`` is the area, ``@@`` the mark of a parameter, ``N`` the round."""
    text = re.sub("@@|@", lambda match: "@" if match[0] == "@@" else area, template)
    return re.sub(r"(?<![A-Z])N(?![A-Za-z])", str(round_), text)


if __name__ == "__main__":
    write_project(Path(sys.argv[1]), int(sys.argv[2]))
