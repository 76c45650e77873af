"""Names: whatever SQL calls something, Python can."""

from __future__ import annotations

import ast
import builtins
import keyword
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from janua_generator import names
from janua_generator.source import WIDTH, docstring, literal, sql_literal, strings

ANY_NAME = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ANY_TEXT = st.text(st.sampled_from(list("a\"'\\\n\r\t {}$\u00a0é\u2028\x07")), max_size=12) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
)


@given(ANY_NAME)
def test_every_name_becomes_an_identifier(name: str) -> None:
    """One that Python takes as it is: no keyword, in its normal form, not private."""
    for make in (names.field_name, names.parameter_name, names.class_name, names.relation_class, names.member_name):
        found = make(name)
        assert found.isidentifier(), (make, found)
        assert not keyword.iskeyword(found)
        assert not found.startswith("_")
        assert found == unicodedata.normalize("NFKC", found)


@given(st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,20}\Z"))
def test_functions_hide_no_builtin(name: str) -> None:
    """Nor what their module imports."""
    found = names.function_name(name)
    assert found.isidentifier()
    assert not hasattr(builtins, found)
    assert found not in ("overload", "dataclass", "annotations")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ListUsers", "list_users"),
        ("listUsersV2", "list_users_v2"),
        ("GetHTTPStatus", "get_http_status"),
        ("print", "print_"),
        ("class", "class_"),
        ("match", "match"),
        ("overload", "overload_"),
        ("__init__", "init__"),
        ("_", "query"),
    ],
)
def test_queries_become_functions(name: str, expected: str) -> None:
    """In snake_case."""
    assert expected == names.function_name(name)


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("users", "users"),
        ("User-Sessions v2", "user_sessions_v2"),
        ("models", "models_"),
        ("class", "class_"),
        ("1st", "n1st"),
        ("__init__", "init__"),
        ("---", "queries"),
    ],
)
def test_files_become_modules(stem: str, expected: str) -> None:
    """But not one of the generator's own."""
    assert expected == names.module_name(stem)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("users", "User"),
        ("user_sessions", "UserSession"),
        ("audit_logs", "AuditLog"),
        ("companies", "Company"),
        ("addresses", "Address"),
        ("status", "Status"),
        ("news", "News"),
        ("UserAccount", "UserAccount"),
        ("none", "None_"),
        ("1table", "N1table"),
        ("?", "Unnamed"),
    ],
)
def test_tables_become_classes(table: str, expected: str) -> None:
    """In the singular."""
    assert expected == names.relation_class(table)


def test_names_that_would_be_one_get_underscores() -> None:
    """In their order, and apart from those that end so already."""
    assert ["a", "a_", "a__", "b"] == names.distinct(["a", "a_", "a", "b"])


@given(ANY_TEXT)
def test_literals_mean_their_text(text: str) -> None:
    """On one line or on several."""
    assert text == ast.literal_eval(literal(text))
    assert text == ast.literal_eval(sql_literal(text))
    assert "\n" not in literal(text)


@given(ANY_TEXT)
def test_docstrings_mean_their_text(text: str) -> None:
    """But for line ends and the indent of their lines."""
    module = ast.parse(f'def f() -> None:\n    """{docstring(text, 4)}"""\n')
    found = ast.literal_eval(module.body[0].body[0].value)  # type: ignore[attr-defined]
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert [line.strip(" ") for line in expected.split("\n")] == [line.strip(" ") for line in found.split("\n")]


@given(st.lists(st.text("abc (),[]\"'", max_size=40), min_size=1, max_size=20))
def test_tuples_fit_their_lines(texts: list[str]) -> None:
    """And are tuples, also of one."""
    source = f"    columns={strings(texts)},"
    assert tuple(texts) == ast.literal_eval(strings(texts))
    assert max(map(len, source.splitlines())) <= WIDTH
