"""``janua completion``: what has a shell complete commands, options and their values."""

from __future__ import annotations

import argparse
from pathlib import Path

from janua.cli.command import Command

SHELLS = ("bash", "zsh", "fish")


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")


def _run(args: argparse.Namespace, _project: Path) -> int:
    # Here, because they know every command, this one included.
    from janua.cli.completion.scripts import script
    from janua.cli.completion.words import nodes_of_all

    print(script(args.shell, list(nodes_of_all())), end="")
    return 0


COMPLETION = Command(
    help="print what makes a shell complete commands and options",
    configure=_configure,
    run=_run,
    description=(
        "Print a script that has bash, zsh or fish complete commands, options and their values.\n"
        "It knows the commands that are installed now: print it again after an upgrade."
    ),
    example=(
        "  janua completion bash > ~/.local/share/bash-completion/completions/janua\n"
        '  janua completion zsh > "${fpath[1]}/_janua"\n'
        "  janua completion fish > ~/.config/fish/completions/janua.fish\n"
        "  source <(janua completion bash)    # this shell only; zsh too"
    ),
    database="",
)
