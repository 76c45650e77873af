"""Seeds in Python: the function ``seed(db)`` of a file."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterable
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, cast

from janua.diagnostics import diagnostic_at, render, shown_path
from janua.errors import SeedError
from janua.seeds.files import ordered_files

_ASYNC = re.compile(r"^async\s+def\s+seed\b", re.MULTILINE)


def load_seed(path: Path) -> Callable[[Any], Any]:
    """Run the file, and return its function ``seed``. Raises SeedError where it cannot be, or has none."""
    spec = spec_from_file_location(f"janua_seed_{path.stem}", path)
    loader = spec.loader if spec is not None else None
    assert loader is not None, "a file that ends in .py has a loader"
    module = module_from_spec(cast("ModuleSpec", spec))
    try:
        loader.exec_module(module)
    except Exception as error:
        raise failed(path, error) from error
    function = getattr(module, "seed", None)
    if not callable(function):
        raise SeedError(f"{shown_path(path)}: has no function seed(db)", path=path)
    found: Callable[[Any], Any] = function
    return found


def is_asynchronous(folder: Path, name: str) -> bool:
    """Whether a file of the seed has an ``async def seed``, and so needs an AsyncSeeder."""
    paths = (path for path in ordered_files(folder, name) if path.suffix == ".py")
    return any(_ASYNC.search(path.read_text("utf-8", errors="replace")) for path in paths)


def load_all(paths: Iterable[Path]) -> dict[Path, Callable[[Any], Any]]:
    """Return the functions of those files that are Python."""
    return {path: load_seed(path) for path in paths if path.suffix == ".py"}


def check_functions(functions: dict[Path, Callable[[Any], Any]], *, is_async: bool) -> None:
    """Raise SeedError for a function that is not of the Seeder's kind, before anything has run."""
    for path, function in functions.items():
        if iscoroutinefunction(function) != is_async:
            kind, runner = ("a plain def", "Seeder") if is_async else ("an async def", "AsyncSeeder")
            text = f"{shown_path(path)}: seed(db) is {kind}, which {runner} runs"
            raise SeedError(text, path=path)


def failed(path: Path, error: Exception) -> SeedError:
    """What to raise for an exception in the file: with the last line of it that was running."""
    if isinstance(error, SeedError):
        return error
    own = [each.lineno for each in traceback.extract_tb(error.__traceback__) if Path(each.filename) == path]
    line = own[-1] if own else 0
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line = error.lineno or 0
    message = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    if not line:
        return SeedError(f"{shown_path(path)}: {message}", path=path)
    text = path.read_text("utf-8", errors="replace")
    start = sum(len(each) for each in text.splitlines(keepends=True)[: line - 1])
    shown = text[start:].partition("\n")[0]
    indent = len(shown) - len(shown.lstrip())
    found = diagnostic_at(shown_path(path), text, start + indent, len(shown.strip()), message)
    return SeedError(render(found), path=path, line=line, sqlstate=getattr(error, "sqlstate", None) or "")


def find_modules(root: Path) -> None:
    """Let seeds import the project's own packages, as programs that are started in its folder can."""
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
