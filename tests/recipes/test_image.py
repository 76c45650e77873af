"""The Dockerfile: what it copies is enough to migrate, to serve and to be asked after, and no more than that."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from janua.scratch import ScratchServer

from .conftest import RECIPES

IMAGE = RECIPES / "image"


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the last stage, each with its arguments."""
    text = re.sub(r"^#.*\n", "", (IMAGE / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", "")
    found = [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines()) if word]
    last = max(at for at, (word, _) in enumerate(found) if word == "FROM")
    return found[last:]


def arguments(word: str) -> list[list[str]]:
    """Return what stands behind each instruction of this name, in words."""
    return [shlex.split(rest) for name, rest in instructions() if name == word]


def command(word: str) -> list[str]:
    """Return the command of CMD or HEALTHCHECK, in the form that no shell is needed for."""
    (found,) = (rest for name, rest in instructions() if name == word)
    return list(json.loads(found[found.index("[") :]))


@pytest.fixture
def image(shop: Path, tmp_path: Path) -> Path:
    """What is in the image's folder: the sources of COPY, out of a project with the recipe's files."""
    shutil.copytree(IMAGE / "service", shop / "service")
    root = tmp_path / "image"
    for source, target in (words for words in arguments("COPY") if not words[0].startswith("--")):
        if (shop / source).is_dir():
            shutil.copytree(shop / source, root / target)
        else:
            (root / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(shop / source, root / target)
    return root


@pytest.fixture
def inside(variables: Mapping[str, str], scratch: ScratchServer, image: Path) -> dict[str, str]:
    """The variables of a container, with an empty database."""
    url = scratch.url(scratch.clone(scratch.migrated([], purpose="empty")))
    return {**variables, "JANUA_DATABASE_URL": url, "PYTHONPATH": str(image), "JANUA_SCRATCH_URL": ""}


def test_the_image_migrates_serves_and_ends(image: Path, inside: dict[str, str]) -> None:
    """Without queries, tests or a generator; SIGTERM ends it cleanly, before the runner's patience does."""
    ran = subprocess.run(["janua", "migrate", "up"], cwd=image, env=inside, capture_output=True, text=True)
    assert 0 == ran.returncode, ran.stderr
    with subprocess.Popen(command("CMD"), cwd=image, env=inside, stderr=subprocess.PIPE, text=True) as service:
        try:
            assert service.stderr is not None
            assert "0 notes" in service.stderr.readline()
            assert 0 == subprocess.run(command("HEALTHCHECK"), cwd=image, env=inside).returncode
        finally:
            service.send_signal(signal.SIGTERM)
        assert 0 == service.wait(20)


def test_its_health_is_that_of_the_database(image: Path, inside: dict[str, str]) -> None:
    """Where it does not answer, the check fails and says why."""
    inside["JANUA_DATABASE_URL"] = "postgresql://127.0.0.1:1/shop"
    ran = subprocess.run(command("HEALTHCHECK"), cwd=image, env=inside, capture_output=True, text=True)
    assert (1, True) == (ran.returncode, "127.0.0.1:1" in ran.stderr)


def test_nothing_of_build_time_is_installed() -> None:
    """The runtime with psycopg's wheel, and what these need."""
    assert "janua-database[binary]\n" == (IMAGE / "requirements.txt").read_text()


def test_it_does_not_run_as_root() -> None:
    """By a number, which orchestrators can check without the image's list of users."""
    ((user,),) = arguments("USER")
    assert int(user) >= 10_000


def test_the_builder_is_sent_what_is_copied() -> None:
    """And nothing else: no .env, no history, no tests."""
    lines = (IMAGE / "dockerignore").read_text().splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    copied = {os.path.normpath(words[0]) for words in arguments("COPY") if not words[0].startswith("--")}
    assert ("*", copied | {"requirements.txt"}) == (lines[1], sent)
