"""Git: merges of generated files, hooks, several projects in one repository, and a new version of the generator."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from janua import __version__

from .conftest import RECIPES, ROOT, Shell

DRIVER = "git config merge.ours.driver true"


def add_column(shop: Path, shell: Shell, branch: str, migration: str, column: str) -> None:
    """Commit a migration on a branch of main, with what is generated of it."""
    shell(f"git checkout -q -b {branch} main", shop)
    (shop / "migrations" / migration).write_text(
        f"-- UP\nALTER TABLE notes ADD COLUMN {column} int;\n-- DOWN\nALTER TABLE notes DROP COLUMN {column};\n"
    )
    done = shell(f"janua generate && git add -A && git commit -q -m {branch}", shop)
    assert 0 == done.returncode, done.stderr


def add_two_columns(shop: Path, shell: Shell) -> None:
    """Two branches that change the same lines of generated files; the first is checked out."""
    add_column(shop, shell, "second", "0003_second.sql", "second")
    add_column(shop, shell, "first", "0002_first.sql", "first")


def test_generating_again_settles_a_conflict(shop: Path, shell: Shell) -> None:
    """Whatever git wrote into the generated files: they are made of the SQL alone."""
    add_two_columns(shop, shell)
    merged = shell("git merge second", shop)
    models = shop / "shop_db" / "models.py"
    assert (1, True) == (merged.returncode, "<<<<<<<" in models.read_text())
    assert 1 == shell("janua generate --check", shop).returncode
    done = shell("janua generate && janua generate --check && git add -A && git commit -q -m merged", shop)
    assert (0, True, True) == (done.returncode, "first: int" in models.read_text(), "second: int" in models.read_text())


def test_with_the_attributes_there_is_no_conflict(shop: Path, shell: Shell) -> None:
    """Git keeps the generated files of one side, and CI notices where nobody generated again."""
    shutil.copy(RECIPES / "gitattributes", shop / ".gitattributes")
    assert DRIVER in (ROOT / "docs" / "recipes.md").read_text()
    shell(f"{DRIVER} && git add -A && git commit -q -m attributes", shop)
    add_two_columns(shop, shell)
    merged = shell("git merge -q -m merged second", shop)
    assert 0 == merged.returncode, merged.stdout + merged.stderr
    assert 1 == shell("janua generate --check", shop).returncode
    assert 0 == shell("janua generate && janua generate --check", shop).returncode
    assert "second: int" in (shop / "shop_db" / "models.py").read_text()


def test_a_conflict_in_a_query_is_an_error_at_its_place(shop: Path, shell: Shell) -> None:
    """That one is for people to settle."""
    file = shop / "queries" / "notes.sql"
    file.write_text(f"<<<<<<< HEAD\n{file.read_text()}\n=======\n>>>>>>> other\n")
    done = shell("janua generate", shop)
    assert (1, True) == (done.returncode, "queries/notes.sql:" in done.stderr)


def test_the_hooks_run(shop: Path, tmp_path: Path, shell: Shell) -> None:
    """As pre-commit runs them, out of a repository; what is stale is not committed."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    shell("git init -q && git add -A && git commit -q -m hooks && git tag v0.1.0", hooks)
    text = (RECIPES / "pre-commit-config.yaml").read_text()
    assert "https://github.com/example/janua-database " in text
    text = text.replace("https://github.com/example/janua-database", str(hooks))
    (shop / ".pre-commit-config.yaml").write_text(text)
    shell("git add -A && git commit -q -m hooks", shop)
    home = f"export PRE_COMMIT_HOME={tmp_path / 'home'}"
    done = shell(
        f"{home}; pre-commit validate-manifest {hooks}/.pre-commit-hooks.yaml; pre-commit run --all-files", shop
    )
    assert (0, 2) == (done.returncode, done.stdout.count("Passed")), done.stdout + done.stderr
    with (shop / "queries" / "notes.sql").open("a") as file:
        file.write("\n-- name: one_more\nSELECT 1 AS n;\n")
    done = shell(f"{home}; git add -A; pre-commit run", shop)
    assert (1, True) == (done.returncode, "shop_db/notes.py" in done.stdout), done.stdout


def test_the_makefile_runs(shop: Path, shell: Shell) -> None:
    """With an environment that is there already."""
    for name in ("Makefile", "requirements-dev.txt"):
        shutil.copy(RECIPES / name, shop)
    os.utime(shop / "requirements-dev.txt", (0, 0))
    bin = 'BIN="$(dirname "$(command -v janua)")"'
    done = shell(f"make {bin} check && make -n {bin} test migrate", shop)
    assert (0, True) == (done.returncode, "1 of 1 migrations" in done.stdout), done.stdout + done.stderr


def test_a_repository_holds_several_projects(shop: Path, tmp_path: Path, shell: Shell) -> None:
    """Each has its folder, its migrations and its package; commands say which, and need not be run in it."""
    done = shell(
        "janua init billing && janua generate --project billing && janua generate --check --project billing"
        " && PYTHONPATH=shop:billing python -c 'import shop_db, billing_db'",
        tmp_path,
    )
    assert 0 == done.returncode, done.stdout + done.stderr


def test_generated_files_do_not_say_which_version_wrote_them(shop: Path) -> None:
    """A new version of the generator changes the files whose code it changes, and no other."""
    files = [each for folder in ("shop_db", "schema") for each in (shop / folder).iterdir() if each.is_file()]
    assert [] == [each for each in files if __version__ in each.read_text()]
