"""A project's configuration: the table ``[tool.janua]`` of its ``pyproject.toml``, checked as a whole."""

from janua.config.loading import FILE_NAME, load_project, load_projects, project_folder, projects_of
from janua.config.settings import (
    BUILTINS,
    Domains,
    Function,
    Intervals,
    Override,
    Paths,
    Project,
    Safety,
    Source,
    Tables,
)
from janua.config.sources import find_source
from janua.config.words import suggestion

__all__ = [
    "BUILTINS",
    "FILE_NAME",
    "Domains",
    "Function",
    "Intervals",
    "Override",
    "Paths",
    "Project",
    "Safety",
    "Source",
    "Tables",
    "find_source",
    "load_project",
    "load_projects",
    "project_folder",
    "projects_of",
    "suggestion",
]
