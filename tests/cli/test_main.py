"""The command line: choosing a command, exit codes and messages."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import psycopg
import pytest
from janua import __version__
from janua.cli import main
from janua.cli.command import Command
from janua.cli.commands import find_command
from janua.cli.completion.words import nodes_of_all
from janua.cli.main import parser_of
from janua.errors import ConfigError, EmbeddedServerError, JanuaError, MigrationError, ServerUnreachable

Run = Callable[[argparse.Namespace, Path], int]


def install(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """Let there be one more command, ``try``, as if a package had added it."""

    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--hard", action="store_true")

    command = Command(
        help="try something",
        configure=configure,
        run=run,
        example="  janua try --hard",
    )
    monkeypatch.setattr(EntryPoint, "load", lambda self: command)
    entry = EntryPoint("try", "nowhere:try", "janua.commands")
    monkeypatch.setattr("janua.cli.commands.entry_points", lambda group: [entry])


def test_a_command_gets_its_arguments_and_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """The options of every command may stand before it or after it."""
    seen: list[tuple[bool, str | None, Path]] = []

    def run(args: argparse.Namespace, project_dir: Path) -> int:
        seen.append((args.hard, args.database_url, project_dir))
        return 1

    install(monkeypatch, run)
    assert 1 == main(["try"])
    assert 1 == main(["--project", "shop", "try", "--database-url=x", "--hard"])
    assert [(False, None, Path()), (True, "x", Path("shop"))] == seen


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("it is so"), 2),
        (ServerUnreachable("it is so"), 3),
        (EmbeddedServerError("it is so"), 3),
        (MigrationError("it is so"), 1),
        (JanuaError("it is so"), 1),
    ],
)
def test_an_error_is_one_message_and_a_code(
    error: JanuaError, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the standard error, without a traceback."""

    def run(args: argparse.Namespace, project_dir: Path) -> int:
        raise error

    install(monkeypatch, run)
    assert code == main(["try"])
    assert ("", "it is so\n") == capsys.readouterr()


def test_a_lost_connection_is_an_unreachable_server(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be lost in the middle of anything."""

    def run(args: argparse.Namespace, project_dir: Path) -> int:
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    install(monkeypatch, run)
    assert 3 == main(["try"])
    assert "the connection to the server is lost: server closed" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A matter of the user's, not a defect."""

    def run(args: argparse.Namespace, project_dir: Path) -> int:
        raise PermissionError(13, "Permission denied", "generated/users.py")

    install(monkeypatch, run)
    assert 1 == main(["try"])
    assert "generated/users.py: Permission denied\n" == capsys.readouterr().err


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The system does not say which file it was."""

    def run(args: argparse.Namespace, project_dir: Path) -> int:
        raise OSError(28, "No space left on device")

    install(monkeypatch, run)
    assert 1 == main(["try"])
    assert "No space left on device\n" == capsys.readouterr().err


def test_a_defect_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has to be reported."""

    def run(args: argparse.Namespace, project_dir: Path) -> int:
        raise ZeroDivisionError

    install(monkeypatch, run)
    with pytest.raises(ZeroDivisionError):
        main(["try"])


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C gives the code that shells expect."""

    def run(args: argparse.Namespace, project_dir: Path) -> int:
        signal.raise_signal(signal.SIGINT)
        return 0

    install(monkeypatch, run)
    assert 130 == main(["try"])
    assert "interrupted\n" == capsys.readouterr().err


def test_an_interrupt_while_the_program_is_loaded_is_no_traceback() -> None:
    """Ctrl-C comes at any time."""
    program = """
import signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "janua.cli.commands":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from janua.__main__ import main
sys.exit(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (130, "", "interrupted\n") == (done.returncode, done.stdout, done.stderr)


def test_the_package_can_be_run() -> None:
    """As ``python -m janua``."""
    done = subprocess.run([sys.executable, "-m", "janua", "--version"], capture_output=True, text=True)
    assert (0, f"janua {__version__}\n") == (done.returncode, done.stdout)


def test_a_misspelt_command_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    """Or the help is."""
    assert 2 == main(["genrate"])
    assert "janua: there is no command 'genrate'; did you mean \"generate\"?\n" == capsys.readouterr().err
    assert 2 == main(["zzz"])
    assert "janua: there is no command 'zzz'; see janua --help\n" == capsys.readouterr().err


def test_an_empty_url_is_no_url(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a variable that a script has not set: it must not mean the database of the environment."""
    monkeypatch.setenv("JANUA_DATABASE_URL", "postgresql://127.0.0.1:1/other")
    assert 2 == main(["db", "reset", "--yes", "--database-url", ""])
    assert "--database-url is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["init", "--hard"], "janua init: there is no option --hard"),
        (["generate", "--fromat", "json"], 'janua generate: there is no option --fromat; did you mean "--format"?'),
        (["migrate", "up", "--stpes=3"], 'janua migrate up: there is no option --stpes; did you mean "--steps"?'),
        (["migrate", "stauts"], 'janua migrate: there is no command "stauts"; did you mean "status"?'),
        (["seed", "zzz"], 'janua seed: there is no command "zzz"; there are run and create'),
        (
            ["generate", "--format", "jsn"],
            'janua generate: --format: "jsn" is none of text, json and github; did you mean "json"?',
        ),
        (["generate", "--format"], "janua generate: --format needs a value: text, json and github"),
        (["db", "backup", "--jobs", "x"], 'janua db backup: --jobs: "x" is not a whole number'),
        (["migrate", "up", "--patience", "x"], 'janua migrate up: --patience: "x" is not a number'),
        (["migrate", "run"], "janua migrate run: NAME is missing: the migration, by its name or number"),
        (["init", "a", "b"], 'janua init: "b" is one argument too many'),
        (["init", "a", "b\x1b[2J"], 'janua init: "b\N{REPLACEMENT CHARACTER}[2J" is one argument too many'),
    ],
)
def test_wrong_usage_is_said_with_the_near_name(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, and a second one says where the help is; exit 2."""
    assert 2 == main(argv)
    command = said.partition(":")[0]
    assert ("", f"{said}\nsee {command} --help\n") == capsys.readouterr()


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--projct", "x", "generate"], 'there is no option --projct of every command; did you mean "--project"?'),
        (
            ["--yes", "migrate", "down"],
            "there is no option --yes of every command; those of one command stand behind it",
        ),
        (["--project"], "--project needs a value; see janua --help"),
    ],
)
def test_what_stands_before_the_command_is_an_option_of_every_command(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Others are not taken for the command's name."""
    assert 2 == main(argv)
    assert ("", f"janua: {said}\n") == capsys.readouterr()


@pytest.mark.parametrize("name", ["db", "migrate", "seed"])
def test_a_command_without_its_own_command_shows_them(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On the standard error, since nothing was done."""
    assert 2 == main([name])
    out, err = capsys.readouterr()
    assert ("", f"usage: janua {name} ") == (out, err[: len(f"usage: janua {name} ")])


def test_help_is_a_command_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Of all, of a command, and of one of its own."""
    for words in ([], ["generate"], ["migrate", "up"]):
        assert 0 == main([*words, "--help"])
        asked = capsys.readouterr().out
        assert 0 == main(["help", *words])
        assert asked == capsys.readouterr().out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """On the standard output where it was asked for, else on the standard error."""
    assert 0 == main(["--help"])
    asked = capsys.readouterr().out
    assert {"init", "generate", "check", "inspect"} <= {line.split()[0] for line in asked.splitlines() if line}
    assert 2 == main([])
    assert ("", asked) == capsys.readouterr()


def every_command() -> list[list[str]]:
    """The words of each command and of each of theirs."""
    return [node.path.split("/")[1:] for node in nodes_of_all() if node.path]


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_the_help_of_a_command_fits_and_is_complete(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """80 columns: a sentence, every option with its meaning, an example, and the exit codes."""
    monkeypatch.setenv("COLUMNS", "80")
    assert 0 == main([*words, "--help"])
    text = capsys.readouterr().out
    assert [] == [line for line in text.splitlines() if len(line) > 80]
    assert re.search(r"\n\n[A-Z][^.]*\.", text)
    assert f"\n  janua {' '.join(words)}" in re.split(r"\nexamples?:", text)[1]
    assert "--project DIR" in text
    if words[-1] not in ("db", "migrate", "seed"):
        assert "\nexit codes:\n  0  done\n  1  " in text


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_the_examples_in_a_help_can_be_parsed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """By the program that shows them."""
    main([*words, "--help"])
    examples = re.split(r"\nexamples?:\n", capsys.readouterr().out)[1].partition("\n\n")[0]
    found = re.findall(r"janua ([^&|<>#)\n]*)", examples.replace(" janua\n", "\n"))
    assert found
    for example in found:
        name, *rest = shlex.split(example)
        parser_of(name, find_command(name)).parse_args(rest)


@pytest.mark.parametrize("argv", [["--version"], ["init", "--version"]])
def test_the_version_is_shown(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With or without a command."""
    assert 0 == main(argv)
    assert f"janua {__version__}\n" == capsys.readouterr().out


@pytest.mark.parametrize("missing", ["sqlglot", "jinja2.sandbox", "janua_generator"])
def test_without_the_generator_the_command_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A production image has the runtime only."""

    def load(entry: EntryPoint) -> object:
        raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    monkeypatch.setattr(EntryPoint, "load", load)
    assert 2 == main(["generate"])
    assert "pip install 'janua-database[generator]'" in capsys.readouterr().err
    assert 0 == main(["--help"])
    assert "pip install 'janua-database[generator]'" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["sqlglot", "jinja2"])
@pytest.mark.parametrize("command", ["generate", "inspect"])
def test_a_package_that_is_missed_only_later_is_named_too(command: str, missing: str, tmp_path: Path) -> None:
    """The generator loads its packages when there is something to do, not with the command."""
    assert 0 == main(["init", str(tmp_path / "shop")])
    program = f"import sys; sys.modules[{missing!r}] = None; from janua.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments = [command, "--project", str(tmp_path / "shop")]
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True)
    assert 2 == done.returncode
    assert f"janua {command} needs the package {missing}: pip install 'janua-database[generator]'\n" == done.stderr


def test_another_missing_module_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installing the generator would not help."""

    def load(entry: EntryPoint) -> object:
        raise ModuleNotFoundError("No module named 'zzz'", name="zzz")

    monkeypatch.setattr(EntryPoint, "load", load)
    with pytest.raises(ModuleNotFoundError):
        main(["generate"])


def test_a_closed_pipe_is_quiet() -> None:
    """``janua --help | head -0``."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([sys.executable, "-m", "janua.cli", "--help"], stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert (141, b"") == (done.returncode, done.stderr)


def test_the_command_line_starts_without_loading_a_driver() -> None:
    """A command that needs no server does not pay for one."""
    program = "import sys, janua.cli; print({'psycopg', 'redis', 'sqlglot', 'jinja2', 'pytest'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "set()\n" == done.stdout
