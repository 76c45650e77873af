"""Everything that an installation brings leaves a product free to choose its own licence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.conftest import ROOT

PERMISSIVE = {"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "PostgreSQL", "ISC", "0BSD"}
LGPL = {"psycopg", "psycopg-binary", "psycopg-pool"}
# File by file, and of developers' tools alone: nothing of them is ever part of a product.
MPL = {"hypothesis", "pathspec", "certifi"}
# What packages say that was written before SPDX's expressions.
SPOKEN = {
    "MIT License": "MIT",
    "MIT style": "MIT",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
DEVELOPERS = ("dev", "docs")
OURS = distribution("janua-database")
EXTRAS = OURS.metadata.get_all("Provides-Extra") or []


def requirements(package: str, extras: set[str]) -> Iterator[Requirement]:
    """What a package asks for here, with these of its extras."""
    for text in distribution(package).requires or []:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def installed_with(extra: str) -> set[str]:
    """Return the packages that come with one of our extras, theirs included; without a name, with the runtime."""
    found: set[str] = set()
    asked: set[tuple[str, frozenset[str]]] = set()
    waiting = [("janua-database", frozenset({extra}))]
    while waiting:
        package, extras = waiting.pop()
        if (package, extras) in asked:
            continue
        asked.add((package, extras))
        try:
            needed = list(requirements(package, set(extras)))
        except PackageNotFoundError:  # of another platform
            continue
        found.add(package)
        waiting += [(canonicalize_name(each.name), frozenset(each.extras)) for each in needed]
    return found - {"janua-database"}


def licences(package: str) -> list[set[str]]:
    """Return the licences of a package as SPDX names them: of each set, one may be chosen."""
    metadata = distribution(package).metadata
    spoken = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or [] if line.startswith("License")]
    expression = metadata["License-Expression"] or " OR ".join(spoken) or metadata["License"] or "unknown"
    return [{SPOKEN.get(each, each) for each in part.split(" OR ")} for part in expression.split(" AND ")]


def is_allowed(package: str, *, for_developers: bool) -> bool:
    """Tell whether a product that has this package stays free to choose its own licence."""
    allowed = PERMISSIVE | ({"LGPL-3.0-only"} if package in LGPL else set())
    if for_developers and package in MPL:
        allowed = allowed | {"MPL-2.0"}
    return all(choice & allowed for choice in licences(package))


@pytest.mark.parametrize("extra", ["", *EXTRAS])
def test_what_an_extra_brings_is_permissive(extra: str) -> None:
    """With all that it needs itself; psycopg alone is under the LGPL, and is imported as it is."""
    packages = installed_with(extra)
    assert {"psycopg", "psycopg-pool"} <= packages
    refused = {each: licences(each) for each in packages if not is_allowed(each, for_developers=extra in DEVELOPERS)}
    assert {} == refused


def test_every_dependency_has_its_reason() -> None:
    """In the table of CONTRIBUTING.md, which names them all and nothing else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = [
        *project["dependencies"],
        *(each for needed in project["optional-dependencies"].values() for each in needed),
    ]
    declared = {Requirement(text).name.lower() for text in texts} - {"janua-database"}
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("## Dependencies")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")][1:]
    names = (re.sub(r"\(.*?\)|\[.*?\]", "", row) for row in rows)
    assert declared == {name.lower() for row in names for name in re.findall(r"[A-Za-z][\w-]+", row)}
