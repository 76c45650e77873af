"""
Look up known vulnerabilities of everything that is installed here, with pip-audit.

Exit code 1 where there is one. Where no advisories can be had, a line says why and the exit code is 0: a machine
without a network, or behind an index that has none, must not be red for it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

OURS = "janua-database"
_TIMEOUT_S = 120
# What requests and pip-audit raise where the advisories cannot be had: no network, no answer, an untrusted proxy.
_UNREACHABLE = ("requests.exceptions.", "ConnectionError", "ServiceError")


def main() -> int:
    """Run pip-audit over this environment, and print what it found."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        print(f"skipped: no answer within {_TIMEOUT_S} s")
        return 0
    code, lines = judged(done.stdout, done.stderr)
    print("\n".join(lines))
    return code


def judged(output: str, complaints: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines that pip-audit's outcome comes to."""
    try:
        packages: list[dict[str, Any]] = [each for each in json.loads(output)["dependencies"] if each["name"] != OURS]
    except ValueError:
        last = (complaints.strip().splitlines() or ["pip-audit said nothing"])[-1]
        is_network = any(word in complaints for word in _UNREACHABLE)
        return (0, [f"skipped: {last}"]) if is_network else (1, [last])
    audited = [each for each in packages if "skip_reason" not in each]
    if packages and not audited:
        return 0, [f"skipped: {packages[0]['skip_reason']}, and so for all {len(packages)} packages"]
    findings = [line for each in audited for line in _findings(each)]
    counts = f"{len(audited)} of {len(packages)} packages audited, {len(findings)} findings"
    return int(bool(findings)), [*findings, counts]


def _findings(package: dict[str, Any]) -> Iterator[str]:
    for each in package["vulns"]:
        fixed = ", ".join(each["fix_versions"]) or "none yet"
        yield f"{package['name']} {package['version']}: {each['id']} (fixed in: {fixed})"


if __name__ == "__main__":
    sys.exit(main())
