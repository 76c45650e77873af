"""Imports in the generator point one way, and a run that finds nothing to do loads little."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "generator" / "janua_generator"

# From the bottom up. A module that is in no layer fails the test: place it.
LAYERS: list[set[str]] = [
    {"diagnostics", "names", "imports", "annotations", "model"},
    {"sqlfile", "catalog", "source"},
    {"diagram"},
    {"variants"},
    {"hints"},
    {"complaints"},
    {"describe"},
    {"analysis"},
    {"operands"},
    {"conditions"},
    {"partitions"},
    {"calls", "standard"},
    {"overrides"},
    {"typemap"},
    {"classes"},
    {"namespace"},
    {"classtable", "constraints"},
    {"json_classes"},
    {"rows"},
    {"caching", "callforms", "replicas", "variantforms"},
    {"factories", "module", "tables"},
    {"package"},
    {"memory"},
    {"emit", "project", "report"},
    {"output", "workshop"},
    {"understanding"},
    {"pipeline"},
    {"generation", "inspection", "sqlc"},
    {"migrations"},
    {"live", "watch"},
    {"commands", "explanations"},
]
FILES = sorted(path for path in GENERATOR.rglob("*.py") if path != GENERATOR / "__init__.py")
# Annotations alone may look up: they are not imported when the program runs.
ONLY_TYPES = {("memory", "analysis")}


def layer_of(module: str) -> int:
    return next(at for at, layer in enumerate(LAYERS) if module in layer)


def module_of(file: Path) -> str:
    """Return the module or package directly under ``janua_generator`` that a file belongs to."""
    return file.relative_to(GENERATOR).parts[0].removesuffix(".py")


def imports_of(file: Path) -> set[str]:
    """Return the absolute names of what a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_module_has_its_layer() -> None:
    """So that a new one is placed on purpose."""
    assert {module_of(file) for file in FILES} == set().union(*LAYERS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(GENERATOR)))
def test_imports_point_down(file: Path) -> None:
    """Never to a higher layer, nor to another module of the same one."""
    own = module_of(file)
    for name in imports_of(file):
        package, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if package == "janua_generator" and other != own and (own, other) not in ONLY_TYPES:
            assert layer_of(other) < layer_of(own), f"{own} imports {name}"


@pytest.mark.parametrize("package", ["pytest", "generated", "redis"])
def test_nothing_imports(package: str) -> None:
    """Neither a test framework, nor what is generated, nor what only services need."""
    assert [] == [file for file in FILES if package in {name.split(".")[0] for name in imports_of(file)}]


def test_only_these_talk_to_a_server() -> None:
    """One asks about queries, one about the schema; one opens scratch databases, one live ones."""
    users = {
        file.relative_to(GENERATOR).as_posix()
        for file in FILES
        if "psycopg" in str(imports_of(file)) and module_of(file) != "migrations"
    }
    assert {"describe.py", "catalog/introspect.py", "workshop.py", "live/database.py"} == users


@pytest.mark.parametrize("module", ["commands", "generation", "project", "memory"])
def test_the_fast_path_is_light(module: str) -> None:
    """What runs before it is known whether there is anything to do."""
    program = f"import janua_generator.{module}, sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert set() == {"psycopg", "sqlglot", "jinja2", "asyncio", "pytest"} & set(loaded)


def test_no_modules_import_each_other() -> None:
    """Inside a layer too: what is mutually recursive (a subquery in an expression) is given, not imported."""
    dotted = {".".join(file.relative_to(GENERATOR.parent).with_suffix("").parts): file for file in FILES}
    modules = {name.removesuffix(".__init__"): file for name, file in dotted.items()}
    graph: dict[Path, set[Path]] = {}
    for file in FILES:
        # `from package import module` names the module, `from module import name` what is in it
        named = imports_of(file) | {name.rpartition(".")[0] for name in imports_of(file)}
        graph[file] = {modules[name] for name in named & modules.keys()} - {file, file.with_name("__init__.py")}
        if (module_of(file), "analysis") in ONLY_TYPES:
            graph[file] = set()
    TopologicalSorter(graph).prepare()
