"""What the audit of dependencies makes of pip-audit's answers."""

from __future__ import annotations

import json

import pytest

from tools.audit import judged

SAFE = {"name": "redis", "version": "8.1.0", "vulns": []}
UNSAFE = {"name": "jinja2", "version": "3.1.0", "vulns": [{"id": "CVE-2024-22195", "fix_versions": ["3.1.3"]}]}
UNKNOWN = {"name": "rich", "skip_reason": "Dependency not found on PyPI and could not be audited: rich (15.0.0)"}
OURS = {"name": "janua-database", "skip_reason": "distribution marked as editable"}


def answer(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_a_vulnerability_fails() -> None:
    """With the versions that have it no more."""
    expected = ["jinja2 3.1.0: CVE-2024-22195 (fixed in: 3.1.3)", "2 of 3 packages audited, 1 findings"]
    assert (1, expected) == judged(answer(SAFE, UNSAFE, UNKNOWN, OURS), "")


def test_none_passes() -> None:
    """This package itself is not asked about."""
    assert (0, ["1 of 1 packages audited, 0 findings"]) == judged(answer(SAFE, OURS), "")


def test_an_index_without_advisories_is_no_failure() -> None:
    """And no success that is claimed."""
    code, (line,) = judged(answer(UNKNOWN, OURS), "")
    assert (0, True) == (code, line.startswith("skipped: Dependency not found on PyPI"))


@pytest.mark.parametrize(("complaint", "code"), [("ConnectionError: no route", 0), ("TypeError: a defect", 1)])
def test_only_the_network_may_fail(complaint: str, code: int) -> None:
    """What else ends pip-audit is a failure of this step."""
    assert (code, complaint) == (judged("", complaint)[0], judged("", complaint)[1][0].removeprefix("skipped: "))
