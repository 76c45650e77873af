"""What is generated from all case folders passes mypy and pyright, both in their strict modes."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from janua.config import Project
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.diagnostics import GenerationFailed
from janua_generator.emit import emit
from janua_generator.model import PackageModel
from janua_generator.package import build_package

from .packages import project_at, type_errors
from .sandbox import Sandbox
from .test_cases import CASES, ddl_of, overrides_of, unmet_needs
from .workbench import Workbench


def _package(workbench: Workbench, project: Project, queries: tuple[AnalysedQuery, ...]) -> PackageModel | None:
    try:
        return build_package(project, workbench.introspection, queries)
    except GenerationFailed:
        return None


@pytest.fixture(scope="module")
def packages(workbench: Workbench, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A package for each case, of its queries that are no errors, and of the standard calls of its tables."""
    root = tmp_path_factory.mktemp("cases")
    project = project_at(root)
    for case in CASES:
        if unmet_needs(workbench, case):
            continue
        overrides = overrides_of(case)
        workbench.migrate(ddl_of(case), overrides)
        project = replace(project, override=tuple(overrides))
        for module in case.glob("*.py"):
            shutil.copy(module, root)
        found = workbench.analyse((case / "queries" / "q.sql").read_text()).queries
        standard = workbench.standard().queries
        package = _package(workbench, project, (*found, *standard))
        if package is None:
            # names that clash are a finding about a query, and the point of some cases
            found = tuple(each for each in found if _package(workbench, project, (each,)))
            package = _package(workbench, project, (*found, *standard))
        assert package is not None, case.name
        for path, text in emit(package).items():
            file = root / "cases" / case.name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        (root / "cases" / case.name / "__init__.py").touch()
    (root / "cases" / "__init__.py").touch()
    return Sandbox(root, "")


def test_both_type_checkers_accept_every_case(packages: Sandbox) -> None:
    """Some hundreds of queries of every kind, and thousands of standard calls."""
    functions = sum(path.read_text().count("\nasync def ") for path in packages.root.rglob("*.py"))
    overloads = sum(path.read_text().count("@overload") for path in packages.root.rglob("*.py"))
    assert functions + overloads > 300
    assert "" == type_errors(packages, "cases")
