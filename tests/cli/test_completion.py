"""``janua completion``: tried in the shells themselves, where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from janua.cli import main

BASH = """\
source ./script
COMP_WORDS=(janua "$@"); COMP_CWORD=$#; COMPREPLY=()
_janua
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = 'source ./script; complete -C "janua $argv"'
ZSH = """\
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT=''; stty -echo; autoload -Uz compinit; compinit -u -D; source ./script; print READ''Y"
zpty -r shell said '*READY*'
zpty -wn shell "janua $1"$'\\t'
zpty -r shell said '*'$2'*' && print found
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file and a folder, whose name has a blank."""
    (tmp_path / "a b").mkdir()
    (tmp_path / "ab.txt").touch()
    return tmp_path


def write_script(shell: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    assert 0 == main(["completion", shell])
    (folder / "script").write_text(capsys.readouterr().out)


def completed(shell: str, words: list[str], folder: Path) -> set[str]:
    """What the shell offers for the last word."""
    command = ["bash", "-c", BASH, "bash", *words] if shell == "bash" else ["fish", "-c", FISH, "--", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "" == done.stderr
    return {line.partition("\t")[0].rstrip("/") for line in done.stdout.splitlines() if line}


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_a_shell_offers_what_fits_there(shell: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Commands, theirs, options, the words of an option, and folders where a folder is wanted."""
    write_script(shell, folder, capsys)
    for words, expected in (
        (["mi"], {"migrate"}),
        (["seed", ""], {"run", "create"}),
        (["--project", "seed", "db", ""], {"backup", "restore", "reset", "truncate"}),
        (["migrate", "up", "--ste"], {"--steps"}),
        (["generate", "--format", ""], {"text", "json", "github"}),
        (["generate", "--check", "--format", "j"], {"json"}),
        (["completion", ""], {"bash", "zsh", "fish"}),
        (["init", ""], {"a b"}),
        (["migrate", "up", "--steps", ""], set()),
    ):
        assert expected == completed(shell, words, folder), words


def test_bash_completes_behind_an_equals_sign(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It cuts the word there."""
    write_script("bash", folder, capsys)
    assert {"json"} == completed("bash", ["generate", "--format", "=", "js"], folder)
    assert {"text", "json", "github"} == completed("bash", ["generate", "--format", "="], folder)
    assert {"--watch"} == completed("bash", ["generate", "--format", "=", "json", "--w"], folder)


@pytest.mark.parametrize(
    ("typed", "expected"), [("mi", "migrate"), ("generate --format=js", "json"), ("db res", "reset"), ("init a", " b")]
)
def test_zsh_completes_on_a_terminal(
    typed: str, expected: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands, values and folders."""
    write_script("zsh", folder, capsys)
    done = subprocess.run(["zsh", "-f", "-c", ZSH, "zsh", typed, expected], cwd=folder, capture_output=True, timeout=20)
    assert b"found\n" == done.stdout
