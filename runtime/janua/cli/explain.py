"""``janua explain``: the cause of an error, and what to do about it."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from janua.cli.command import Command
from janua.cli.parser import shown
from janua.config import suggestion
from janua.errors import ConfigError

if TYPE_CHECKING:
    from janua.cli.explaining import Explanation

_WIDTH = 80


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("codes", nargs="*", metavar="CODE", help="what stands in brackets, or an error's class")


def _run(args: argparse.Namespace, _project: Path) -> int:
    from janua.cli.explaining import of_errors, of_findings, of_sqlstate

    known = {each.code: each for each in (*of_findings(), *of_errors())}
    if not args.codes:
        width = max(map(len, known))
        print("\n".join(f"{each.code:<{width}}  {each.title}" for each in known.values()))
        return 0
    by_lower_case = {name.lower(): each for name, each in known.items()}
    told = []
    for each in args.codes:
        code = each.strip("[],").rpartition(".")[2]
        found = by_lower_case.get(code.lower()) or of_sqlstate(code)
        if found is None:
            near = suggestion(code, known) or "; janua explain lists them"
            raise ConfigError(f"janua explain: there is no code {shown(each)}{near}")
        told.append(_text(found))
    print("\n\n".join(told))
    return 0


def _text(explanation: Explanation) -> str:
    parts = [f"{explanation.code}: {explanation.title}"]
    for label, text in (("cause", explanation.cause), ("fix", explanation.fix)):
        if text:
            parts.append(textwrap.fill(f"{label}: {text}", _WIDTH, initial_indent="  ", subsequent_indent="    "))
    if explanation.example:
        parts.append(f"  example:\n{textwrap.indent(explanation.example, '    ')}")
    return "\n".join(parts)


EXPLAIN = Command(
    help="say what an error means, and what to do about it",
    configure=_configure,
    run=_run,
    description=(
        "Say what a code means: what stands in brackets behind a finding, a SQLSTATE of PostgreSQL, or the name\n"
        "of an error's class. Without CODE, list those that there is something to say about."
    ),
    example="  janua explain many-rows 42703\n  janua explain CommitUnknown",
    database="",
)
