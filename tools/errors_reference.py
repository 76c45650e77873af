"""
Write docs/errors-reference.md: every error, its cause and fix, and the messages that the code has for it.

    python tools/errors_reference.py            write it
    python tools/errors_reference.py --check    write nothing, exit 1 where it is out of date

Causes and fixes are those of ``janua explain``; the messages are read from the syntax trees of the sources,
with … in place of what differs from case to case.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from janua.cli.explaining import Explanation, of_errors
from janua_generator.diagnostics import Stage
from janua_generator.explanations import of_findings
from janua_generator.sqlfile.model import Rule

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs/errors-reference.md"
HEAD = """\
# Errors, their causes and fixes

<!-- Written by tools/errors_reference.py; do not edit. -->

`janua explain CODE` says the same on a terminal. The code of a warning and of what PostgreSQL says stands in brackets
behind the message; `--format json` has that of every finding, as `code`, and `--format github` in the title. In
messages, … stands for names, numbers and what a server says. No message holds a password or the value of a parameter.

| exit code | |
|---|---|
| 0 | done |
| 1 | findings, as errors in the SQL, or what was to be done has failed |
| 2 | the arguments or the configuration are wrong |
| 3 | a server cannot be reached |
| 130 | Ctrl-C |
"""
FINDINGS = frozenset({"diagnostic", "complaint", "complaint_within", "Diagnostic", "_refused", "_complain", "complain"})


class Messages(ast.NodeVisitor):
    """Collects the messages of one module, by the error's class, the warning's rule, or "" for other findings."""

    def __init__(self, found: dict[str, set[str]], classes: frozenset[str]) -> None:
        self._found = found
        self._classes = classes
        self._texts: dict[str, str] = {}

    def visit(self, node: ast.AST) -> None:
        """Know the texts that names have within a function, in the order in which they get them."""
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            super().visit(node)
            return
        outer, self._texts = self._texts, {}
        self.generic_visit(node)
        self._texts = outer

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        text = self._text(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name) and text:
                self._texts[target.id] = text

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        code = name if name in self._classes else "" if name in FINDINGS else None
        if name == "warning" and node.args and isinstance(node.args[0], ast.Attribute):
            rule = node.args[0].attr
            code = str(Rule[rule]) if rule in Rule.__members__ else None
        message = next((text for each in node.args if " " in (text := self._text(each)).strip("… ")), "")
        if code is not None and message:
            self._found[code].add(message)

    def _text(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.JoinedStr(values=parts):
                return "".join(self._text(each) if isinstance(each, ast.Constant) else "…" for each in parts)
            case ast.Name(id=name):
                return self._texts.get(name, "")
            case _:
                return ""


def messages() -> Mapping[str, set[str]]:
    """Return the messages in the sources of both packages."""
    found: dict[str, set[str]] = defaultdict(set)
    classes = frozenset(each.code for each in of_errors())
    for package in ("runtime/janua", "generator/janua_generator"):
        for path in sorted((ROOT / package).rglob("*.py")):
            # What is derived has the messages of its source.
            if "_sync" not in path.parts:
                Messages(found, classes).visit(ast.parse(path.read_text("utf-8")))
    return found


def page() -> str:
    """Return the text of the page."""
    said = messages()
    findings = {each.code: each for each in of_findings()}
    warnings = [findings[rule] for rule in Rule]
    server = [each for each in findings.values() if len(each.code) == 5 and each.code[:2].isdigit()]
    stages = [findings[stage] for stage in Stage]
    lint = [each for each in findings.values() if each not in (*warnings, *server, *stages)]
    parts = [
        HEAD,
        *_section("Findings of `janua generate`, `check` and `inspect`", stages, {}),
        "### Their messages\n\n" + _listed(said[""]),
        *_section("What PostgreSQL refuses", server, {}),
        *_section("Warnings", warnings, said),
        *_section("Findings of `janua migrate lint`", lint, {}),
        *_section("Errors of Python", of_errors(), said),
    ]
    return "\n".join(parts)


def _section(title: str, explanations: Iterable[Explanation], said: Mapping[str, set[str]]) -> Iterator[str]:
    yield f"## {title}\n"
    for each in explanations:
        yield f"### {each.code}\n"
        yield f"{each.title}.{' ' * bool(each.cause)}{each.cause}\n"
        if each.fix:
            yield f"**Fix:** {each.fix}\n"
        if each.example:
            yield f"```text\n{each.example}\n```\n"
        if each.code in said:
            yield _listed(said[each.code])


def _listed(texts: Iterable[str]) -> str:
    lines = sorted({" ".join(each.split()) for each in texts}, key=str.lower)
    return "".join(f"- ``{each}``\n" for each in lines)


def main() -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if TARGET.exists() and TARGET.read_text("utf-8") == text:
        return 0
    print(f"{TARGET.relative_to(ROOT)} is out of date: python tools/errors_reference.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
