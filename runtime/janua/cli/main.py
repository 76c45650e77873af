"""From the arguments to the exit code: choosing the command, and turning errors into messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from janua._version import __version__
from janua.cli.command import Command
from janua.cli.commands import find_command, overview
from janua.cli.parser import CommandParser, complete
from janua.config import suggestion
from janua.errors import ConfigError, EmbeddedServerError, JanuaError, ServerUnreachable
from janua.extras import needed_by

_TAKE_A_VALUE = ("--project", "--database-url")
_ALONE = ("--version", "-h", "--help")
EVERYWHERE = (*_TAKE_A_VALUE, "--version", "--help")
_INTRODUCTION = """\
usage: janua COMMAND [options]

SQL in, typed Python out: write migrations and queries in SQL, generate typed
functions for them.

commands:
{commands}

options of every command:
  --project DIR        the folder with pyproject.toml (default: the current one)
  --database-url URL   the PostgreSQL server or database that the command uses
  --version            show the version
  -h, --help           show this, or a command's own help

examples:
  janua init shop                scaffold a project in the new folder shop
  janua generate --project shop  write its typed Python
  janua check --project shop     exit 1 where it is out of date (for CI)
  janua help migrate up          the same as janua migrate up --help

exit codes:
  0  done
  1  findings, as errors in the SQL, or what was to be done has failed
  2  the arguments or the configuration are wrong
  3  a server cannot be reached
"""


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run one command and return its exit code.

    0 ok, 1 findings or a refused migration, 2 usage or configuration, 3 a server cannot be reached,
    130 interrupted. What goes wrong is one message on the standard error, never a traceback, unless it
    is a defect of this program.
    """
    try:
        code = _run(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
        return code
    except SystemExit as exit_:
        # argparse ends the process after --help (0) and wrong usage (2).
        return exit_.code if isinstance(exit_.code, int) else 1
    except KeyboardInterrupt:
        return _say("interrupted", 130)
    except BrokenPipeError:
        return _closed_output()
    except (ServerUnreachable, EmbeddedServerError) as error:
        return _say(str(error), 3)
    except ConfigError as error:
        return _say(str(error), 2)
    except JanuaError as error:
        return _say(str(error), 1)
    except OSError as error:
        if error.strerror is None:
            raise
        # A full disk is told without the file's name where it was open already.
        return _say(f"{error.filename}: {error.strerror}" if error.filename else error.strerror, 1)
    except Exception as error:
        if not _is_lost_connection(error):
            raise
        return _say(f"the connection to the server is lost: {error}", 3)


def _run(argv: list[str]) -> int:
    if argv[:1] == ["help"]:
        argv = [*argv[1:], "--help"]
    name, rest = _split(argv)
    if name is None:
        return _without_command(rest)
    command = find_command(name)
    # Commands load what they need only when they need it.
    with needed_by(f"janua {name}"):
        args = parser_of(name, command).parse_args(rest)
        if args.database_url == "":
            # A variable of a script that is not set must not mean another database.
            raise ConfigError("--database-url is empty: give postgresql://user@host:5432/name, or leave it out")
        return command.run(args, Path(args.project))


def _split(argv: list[str]) -> tuple[str | None, list[str]]:
    """Return the command's name and the other arguments; options of every command may stand before it."""
    index = 0
    while index < len(argv) and argv[index].startswith("-"):
        name, has_value, _ = argv[index].partition("=")
        if name not in (*_TAKE_A_VALUE, *_ALONE):
            near = suggestion(name, (*_TAKE_A_VALUE, *_ALONE)) or "; those of one command stand behind it"
            raise ConfigError(f"janua: there is no option {name} of every command{near}")
        index += 1 if has_value or name in _ALONE else 2
    if index > len(argv):
        raise ConfigError(f"janua: {argv[-1]} needs a value; see janua --help")
    return (None, argv) if index == len(argv) else (argv[index], argv[:index] + argv[index + 1 :])


def _without_command(argv: list[str]) -> int:
    if "--version" in argv:
        print(f"janua {__version__}")
        return 0
    commands = "\n".join(f"  {name:<10} {line}" for name, line in overview())
    text = _INTRODUCTION.format(commands=commands)
    wants_help = bool({"-h", "--help"} & set(argv))
    print(text, end="", file=sys.stdout if wants_help else sys.stderr)
    return 0 if wants_help else 2


def parser_of(name: str, command: Command) -> CommandParser:
    """Return the parser of a command's arguments, those that are behind its name."""
    parser = CommandParser(prog=f"janua {name}")
    complete(parser, command)
    return parser


def _say(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _is_lost_connection(error: Exception) -> bool:
    # Not imported for this: a command that needs no server starts a third faster without psycopg.
    psycopg = sys.modules.get("psycopg")
    return psycopg is not None and isinstance(error, psycopg.OperationalError)


def _closed_output() -> int:
    # Whatever is still buffered must not fail again when the interpreter ends (Python's documentation
    # of the module signal, "Note on SIGPIPE").
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141
