"""``janua explain``: the cause of an error and its fix, by the code that is shown."""

from __future__ import annotations

import pytest
from janua import errors
from janua.cli import main
from janua.cli.explaining import of_errors, of_findings
from janua.errors import JanuaError
from janua_generator.diagnostics import Stage
from janua_generator.sqlfile.model import Rule


def test_every_error_of_the_runtime_says_what_to_do() -> None:
    """In its docstring, which is all that there is to keep right."""
    explained = {each.code: each for each in of_errors()}
    classes = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, JanuaError)}
    assert classes - {"JanuaError"} == set(explained)
    assert [] == [each.code for each in explained.values() if not each.title or not each.fix]


def test_every_code_of_a_finding_is_explained() -> None:
    """Stages, warnings and the lint; and what PostgreSQL refuses most often."""
    explained = {each.code for each in of_findings()}
    lint = {"query-broken", "query-changed", "index-lost", "rewrite", "scan-under-lock"}
    assert {*Stage, *Rule, *lint} <= explained
    assert [] == [each.code for each in of_findings() if not (each.title and each.cause and each.fix)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("many-rows", "many-rows: One row is declared, and more may come\n  cause: "),
        ("[42703]", "42703: There is no such column\n"),
        ("40001", "40001: PostgreSQL says: serialization failure\n"),
        ("notfound", "NotFound: A query that must return a row returned none\n"),
        ("janua.errors.NotFound", "NotFound: "),
    ],
)
def test_a_code_is_explained(code: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As it is shown, in any spelling of its letters."""
    assert 0 == main(["explain", code])
    text = capsys.readouterr().out
    assert text.startswith(said)
    assert "\n  fix: " in text


def test_several_codes_are_explained_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    """With an example, where there is one; without a code all are listed."""
    assert 0 == main(["explain", "query-file", "NotFound"])
    text = capsys.readouterr().out
    assert "\n  example:\n    -- name: find_user :optional\n    SELECT" in text
    assert "\n\nNotFound: " in text
    assert 0 == main(["explain"])
    assert {"query-file", "NotFound"} <= {line.split()[0] for line in capsys.readouterr().out.splitlines()}


def test_an_unknown_code_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    """Or all that there are."""
    assert 2 == main(["explain", "query-fil"])
    assert 'there is no code "query-fil"; did you mean "query-file"?' in capsys.readouterr().err
    assert 2 == main(["explain", "99999"])
    assert "janua explain lists them" in capsys.readouterr().err
