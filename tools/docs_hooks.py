"""
What the documentation's build needs beside mkdocs.yml: the commands' help, and pages without what only a repository
or an editor understands.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from janua.cli.commands import command_names, find_command
from janua.cli.main import parser_of
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

_ROLE = re.compile(r":(?:attr|class|data|exc|func|meth|mod):(?=<code>)")
_HELP = "<!-- help -->"
_REPOSITORY = Path(__file__).resolve().parents[1]
_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./((?:examples|generator|runtime|tests|[A-Z]+\.md)[^)]*)\)")
_WIDTH = 100


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """
    Put each command's help where the page asks for it, and leave of links to the repository's files their names.

    Raises PluginError where there is no such file.
    """
    markdown = _OUTSIDE.sub(lambda link: _name_of(link, page), markdown)
    if _HELP not in markdown:
        return markdown
    shown = (f"## {each.prog}\n\n```text\n{each.format_help()}```\n" for each in parsers())
    return markdown.replace(_HELP, "\n".join(shown))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leave out the roles, which docstrings have for editors."""
    return _ROLE.sub("", html)


def _name_of(link: re.Match[str], page: Page) -> str:
    """A link's text without the link: the site has the pages of docs/ alone."""
    if not (_REPOSITORY / link[2].partition("#")[0]).exists():
        raise PluginError(f"{page.file.src_uri}: ../{link[2]} leads nowhere")
    return link[1]


def parsers() -> Iterator[argparse.ArgumentParser]:
    """The parser of each command, and after it those of its own commands."""
    for name in command_names():
        parser = parser_of(name, find_command(name))
        groups = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
        for each in (parser, *(own for group in groups for own in group.choices.values())):
            each.formatter_class = partial(each.formatter_class, width=_WIDTH)
            yield each
