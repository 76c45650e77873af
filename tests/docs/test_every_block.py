"""
Nothing that the documents show as code goes untried.

A block of ``text`` is output, a drawing or a formula. Any other is run, or its page says in a comment above it why not.
"""

from __future__ import annotations

import argparse
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from janua import Database, PoolOptions
from janua.cli import main
from janua.config import load_project

from tests.docs.blocks import ROOT, Block, blocks
from tools.docs_hooks import parsers

HERE = Path(__file__).parent
PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))]
# Which test runs all blocks of a language; those of sh and toml that are not named are tried below.
RUN_BY = {
    "README.md": {"sh": "test_readme.py", "python": "test_readme.py", "sql": "test_readme.py"},
    "docs/backup.md": {"python": "test_backup.py"},
    "docs/builder.md": {"python": "test_builder.py"},
    "docs/cache.md": {"python": "test_cache.py", "sql": "test_every_block.py"},
    "docs/configuration.md": {"toml": "test_reference.py"},
    "docs/connections.md": {"python": "test_connections.py"},
    "docs/dynamic.md": {"python": "test_dynamic.py", "sql": "test_dynamic.py"},
    "docs/errors.md": {"python": "test_errors.py"},
    "docs/from/django.md": {"python": "test_coming_from.py", "sql": "test_coming_from.py"},
    "docs/from/sqlalchemy.md": {"python": "test_coming_from.py"},
    "docs/from/sqlc.md": dict.fromkeys(("console", "sql", "yaml"), "test_coming_from.py"),
    "docs/inspect.md": {"json": "test_reference.py", "sql": "test_reference.py"},
    "docs/many-rows.md": {"python": "test_many_rows.py", "sql": "test_many_rows.py"},
    "docs/migrations.md": dict.fromkeys(("console", "python", "sql"), "test_migrations.py"),
    "docs/monitoring.md": {"python": "test_monitoring.py"},
    "docs/observability.md": {"python": "test_observability.py"},
    "docs/performance.md": {"python": "test_performance.py"},
    "docs/query-language.md": {"python": "test_query_language.py", "sql": "test_query_language.py"},
    "docs/redis.md": {"python": "test_redis.py"},
    "docs/reference-examples.md": {"python": "test_reference_examples.py"},
    "docs/replicas.md": {"python": "test_replicas.py", "sql": "test_every_block.py"},
    "docs/rollout.md": dict.fromkeys(("console", "sql", "toml"), "test_rollout.py"),
    "docs/security.md": {"python": "test_security.py", "sql": "test_security.py"},
    "docs/seeds.md": {"python": "test_seeds.py", "sql": "test_seeds.py"},
    "docs/statements.md": {"python": "test_every_block.py"},
    "docs/tables.md": {"python": "test_tables.py"},
    "docs/testing.md": {"python": "test_testing.py"},
    "docs/transactions.md": {"python": "test_transactions.py"},
    "docs/tutorial.md": dict.fromkeys(("console", "python", "sql"), "test_tutorial.py"),
    "docs/types.md": dict.fromkeys(("python", "sql", "toml"), "test_own_types.py"),
}
HERE_TOO = ("sh", "toml")


def of(language: str) -> list[Block]:
    """Every block of a language that a page shows and no other test runs."""
    found = (block for page in PAGES for block in blocks(page) if block.language == language and not block.reason)
    return [block for block in found if language not in RUN_BY.get(block.page, {})]


@pytest.mark.parametrize("page", PAGES)
def test_each_block_is_run_or_says_why_not(page: str) -> None:
    """A block that nothing runs fails here, until a test runs it or a comment gives the reason."""
    runs = RUN_BY.get(page, {})
    untried = [
        f"{page}:{block.line}: {block.language or 'no language'}"
        for block in blocks(page)
        if block.language not in ("text", *HERE_TOO, *runs) and not block.reason
    ]
    assert [] == untried
    for test in runs.values():
        assert Path(page).name in (HERE / test).read_text(encoding="utf-8"), f"{test} does not read {page}"


@pytest.mark.parametrize("page", PAGES)
def test_each_block_is_fenced(page: str) -> None:
    """What is only indented would be seen by nobody."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert 0 == text.count("```") % 2
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert [] == re.findall(r"(?<=\n\n)    .*", outside)


def test_no_entry_is_left_over() -> None:
    """Each page of the table has blocks of the language."""
    for page, languages in RUN_BY.items():
        assert set(languages) <= {block.language for block in blocks(page)}, page


def commands() -> Iterator[tuple[str, list[str]]]:
    """The janua commands of all blocks of shell, with their places."""
    for page in PAGES:
        for block in blocks(page):
            for line in block.text.splitlines() if block.language == "sh" and not block.reason else ():
                words = shlex.split(line.partition("|")[0], comments=True)
                if words and Path(words[0]).name == "janua":
                    yield f"{page}:{block.line}", words[1:]


@pytest.mark.parametrize(
    ("place", "words"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_each_command_can_be_given(place: str, words: list[str]) -> None:
    """With those options."""
    known = {parser.prog: parser for parser in parsers()}
    parser: argparse.ArgumentParser = known[f"janua {words[0]}"]
    parser.parse_args(words[1:])


@pytest.mark.parametrize("block", of("toml"), ids=lambda block: f"{block.page}:{block.line}")
def test_each_configuration_is_valid(block: Block, tmp_path: Path) -> None:
    """With the folders that it names."""
    assert "janua" in tomllib.loads(block.text)["tool"]
    (tmp_path / "pyproject.toml").write_text(block.text)
    for folder in ("migrations", "queries"):
        (tmp_path / folder).mkdir()
    assert tmp_path == load_project(tmp_path).root


@pytest.mark.parametrize("page", ["docs/cache.md", "docs/replicas.md"])
def test_queries_with_directives_generate(page: str, tmp_path: Path, scratch_url: str) -> None:
    """On a table that has their columns."""
    table = "id bigint PRIMARY KEY, name text NOT NULL, price numeric NOT NULL, available boolean NOT NULL"
    for folder in ("migrations", "queries"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.janua]\ntables = "none"\n')
    (tmp_path / "migrations/0001_products.sql").write_text(f"CREATE TABLE products ({table});\n")
    shown = [block.text for block in blocks(page) if block.language == "sql"]
    (tmp_path / "queries/products.sql").write_text("\n".join(shown))
    assert 0 == main(["generate", "--project", str(tmp_path), "--database-url", scratch_url])


def test_the_option_of_statements_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line of docs/statements.md makes a database, which connects to nothing yet."""
    monkeypatch.setenv("JANUA_DATABASE_URL", "postgresql://app@127.0.0.1:1/app")
    [code] = [block.text for block in blocks("docs/statements.md") if block.language == "python"]
    names: dict[str, object] = {"Database": Database, "PoolOptions": PoolOptions}
    exec(compile(code, "statements.md", "exec"), names)
    assert isinstance(names["db"], Database)
