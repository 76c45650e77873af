"""The workflows for GitHub and GitLab: of their formats, and of commands that run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .conftest import RECIPES, Shell

SCHEMAS = {
    "ci/github.yml": ["vendor.github-workflows"],
    "ci/gitlab.yml": ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
    "image/compose.yaml": ["vendor.compose-spec"],
}


def scripts(name: str) -> list[str]:
    """Return what a workflow runs once everything is installed."""
    document = yaml.safe_load((RECIPES / name).read_text("utf-8"))
    if name.endswith("gitlab.yml"):
        return list(document["database"]["script"])
    runs = [step["run"] for step in document["jobs"]["database"]["steps"] if "run" in step]
    return [each for each in runs if not each.startswith("pip install")]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_file_is_of_its_format(name: str) -> None:
    """By the published schema."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *SCHEMAS[name], str(RECIPES / name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert 0 == done.returncode, done.stdout


def test_both_run_the_same_commands() -> None:
    """But for how each of them wants to be told what is found."""
    own = {" --format github": "", " --junitxml=report.xml": "", '"origin/${CI_DEFAULT_BRANCH:-main}"': "origin/main"}
    github, gitlab = "\0".join(scripts("ci/github.yml")), "\0".join(scripts("ci/gitlab.yml"))
    for spelling, common in own.items():
        github, gitlab = github.replace(spelling, common), gitlab.replace(spelling, common)
    assert github.replace("\n\0", "\0") == gitlab.replace("\n\0", "\0")


def test_what_is_in_order_passes(shop: Path, shell: Shell) -> None:
    """Command by command."""
    (shop / "migrations" / "0002_pin.sql").write_text(
        "-- UP\nALTER TABLE notes ADD COLUMN pinned boolean;\n-- DOWN\nALTER TABLE notes DROP COLUMN pinned;\n"
    )
    shell("git update-ref refs/remotes/origin/main main; janua generate", shop)
    for script in scripts("ci/github.yml"):
        done = shell(script, shop)
        assert 0 == done.returncode, (script, done.stdout, done.stderr)


def test_a_query_without_its_generated_function_fails(shop: Path, shell: Shell) -> None:
    """It was written, and `janua generate` forgotten."""
    with (shop / "queries" / "notes.sql").open("a") as file:
        file.write("\n-- name: odd\nSELECT 1;\n")
    done = shell(scripts("ci/github.yml")[0], shop)
    assert (1, True) == (done.returncode, "::error" in done.stdout)


def test_a_migration_that_breaks_the_service_that_runs_fails(shop: Path, shell: Shell) -> None:
    """Of those that main has not, each is looked at."""
    shell("git update-ref refs/remotes/origin/main main", shop)
    (shop / "migrations" / "0002_drop.sql").write_text(
        "-- UP\nALTER TABLE notes DROP COLUMN body;\n-- DOWN\nALTER TABLE notes ADD COLUMN body text;\n"
    )
    (shop / "migrations" / "0003_more.sql").write_text(
        "-- UP\nCREATE TABLE more (id int);\n-- DOWN\nDROP TABLE more;\n"
    )
    done = shell(scripts("ci/github.yml")[2], shop)
    assert (1, True) == (done.returncode, "0002_drop.sql" in done.stdout + done.stderr)
