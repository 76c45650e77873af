"""The pytest plugin, in projects of its own."""

from __future__ import annotations

import sys

import psycopg
import pytest
from janua.scratch import ScratchServer
from redis import Redis

PROJECT = """
[tool.janua]
[tool.pytest.ini_options]
"""
_LOOP = ("-o", "asyncio_default_fixture_loop_scope=function")
NOTES = "CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY, title text NOT NULL);"


@pytest.fixture
def project(pytester: pytest.Pytester, scratch: ScratchServer, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with one table, on the repository's scratch server; only the named plugins are loaded."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p janua")
    monkeypatch.setenv("JANUA_SCRATCH_URL", scratch.url("postgres"))
    pytester.makefile(".toml", pyproject=PROJECT)
    pytester.mkdir("migrations")
    (pytester.path / "migrations" / "0001_create_notes.sql").write_text(NOTES)
    return pytester


def test_every_test_has_a_database_of_its_own(project: pytest.Pytester) -> None:
    """Migrated, and without what another test wrote."""
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", [1, 2])
        def test_notes(janua_db, number):
            janua_db.raw("INSERT INTO notes (title) VALUES ('a')")
            assert [{"count": 1}] == list(janua_db.raw("SELECT count(*) FROM notes"))
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=2)


def test_it_works_in_parallel(project: pytest.Pytester) -> None:
    """The workers build one template and clone it."""
    project.makepyfile(
        """
        import psycopg
        import pytest

        @pytest.mark.parametrize("number", range(4))
        def test_notes(janua_database_url, number):
            with psycopg.connect(janua_database_url) as conn:
                assert (0,) == conn.execute("SELECT count(*) FROM notes").fetchone()
        """
    )
    project.runpytest_subprocess("-p", "xdist", "-n2").assert_outcomes(passed=4)


@pytest.mark.parametrize(("plugin", "mode"), [("asyncio", "strict"), ("pytest_asyncio.plugin", "auto")])
def test_the_asynchronous_database_works_in_both_modes(project: pytest.Pytester, plugin: str, mode: str) -> None:
    """Of pytest-asyncio."""
    project.makepyfile(
        """
        import pytest

        @pytest.mark.asyncio
        async def test_notes(janua_adb):
            await janua_adb.raw("INSERT INTO notes (title) VALUES ('a')")
            rows = await janua_adb.raw("SELECT count(*) FROM notes")
            assert [{"count": 1}] == list(rows)
        """
    )
    project.runpytest_inprocess("-p", plugin, f"--asyncio-mode={mode}", *_LOOP).assert_outcomes(passed=1)


def test_it_works_without_pytest_asyncio(project: pytest.Pytester) -> None:
    """AnyIO's plugin takes the asynchronous fixture as well."""
    project.makepyfile(
        """
        import pytest

        def test_notes(janua_db):
            assert [] == list(janua_db.raw("SELECT * FROM notes"))

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio"])
        async def test_asynchronous_notes(janua_adb, anyio_backend):
            assert [] == list(await janua_adb.raw("SELECT * FROM notes"))
        """
    )
    project.runpytest_inprocess("-p", "anyio").assert_outcomes(passed=2)


def test_keys_of_a_test_are_deleted_after_it(project: pytest.Pytester, janua_redis_url: str) -> None:
    """And only those with its prefix."""
    project.makepyfile(
        """
        from redis import Redis

        def test_keys(janua_redis_url, janua_redis_prefix):
            with Redis.from_url(janua_redis_url) as redis:
                redis.set(janua_redis_prefix + "a", 1)
                redis.set("kept:" + janua_redis_prefix, 1)
        """
    )
    with pytest.MonkeyPatch.context() as patch, Redis.from_url(janua_redis_url) as redis:
        patch.setenv("JANUA_REDIS_URL", janua_redis_url)
        project.runpytest_inprocess().assert_outcomes(passed=1)
        # other tests may use the server at the same time
        (kept,) = redis.scan_iter("kept:janua-test:*")
        assert [] == list(redis.scan_iter(kept.removeprefix(b"kept:") + b"*"))
        redis.delete(kept)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.janua]\noutptu = 'x'", 'tool.janua.outptu: unknown key; did you mean "output"?'),
        ("", "no table [tool.janua]"),
    ],
)
def test_a_wrong_configuration_is_one_message(project: pytest.Pytester, text: str, message: str) -> None:
    """And no traceback."""
    project.makefile(".toml", pyproject=text + "\n[tool.pytest.ini_options]")
    project.makepyfile("def test_notes(janua_db): pass")
    result = project.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*pyproject.toml: {message.replace('[', '[[]')}*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_project_that_does_not_use_it_pays_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the plugin's own module is loaded."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            loaded = {name for name in sys.modules if name.partition(".")[0] in ("janua", "psycopg", "redis")}
            light = {"janua", "janua._lazy", "janua._version", "janua.errors", "janua.extras"}
            assert loaded - light == {"janua.testing", "janua.testing.plugin"}
        """
    )
    pytester.runpytest_subprocess("-p", "janua").assert_outcomes(passed=1)


def test_a_transaction_is_rolled_back_after_its_test(project: pytest.Pytester) -> None:
    """Whatever the test did with it; the tests share one database."""
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("end", ["", "commit", "rollback"])
        def test_notes(janua_tx, end):
            assert [] == janua_tx.raw("SELECT FROM notes")
            with janua_tx.transaction() as nested:
                nested.raw("INSERT INTO notes (title) VALUES ('a')")
            assert 1 == len(janua_tx.raw("SELECT FROM notes"))
            if end:
                getattr(janua_tx, end)()

        def test_an_error(janua_tx):
            janua_tx.raw("INSERT INTO notes (title) VALUES ('a')")
            with pytest.raises(Exception):
                janua_tx.raw("SELECT nonsense")

        def test_a_failure(janua_tx):
            janua_tx.raw("INSERT INTO notes (title) VALUES ('a')")
            assert False

        def test_afterwards(janua_tx):
            assert [] == janua_tx.raw("SELECT FROM notes")
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=5, failed=1)


@pytest.mark.parametrize("plugin", ["asyncio", "anyio"])
def test_an_asynchronous_transaction_is_too(project: pytest.Pytester, plugin: str) -> None:
    """With either plugin for asynchronous tests."""
    backend = 'pytest.mark.parametrize("anyio_backend", ["asyncio"])'
    project.makepyfile(
        f"""
        import pytest

        pytestmark = [pytest.mark.{plugin}] + ([{backend}] if {plugin == "anyio"} else [])

        async def add(janua_atx):
            assert [] == await janua_atx.raw("SELECT FROM notes")
            await janua_atx.raw("INSERT INTO notes (title) VALUES ('a')")

        if {plugin == "anyio"}:
            async def test_one(janua_atx, anyio_backend):
                await add(janua_atx)

            async def test_two(janua_atx, anyio_backend):
                await add(janua_atx)
        else:
            async def test_one(janua_atx):
                await add(janua_atx)

            async def test_two(janua_atx):
                await add(janua_atx)
        """
    )
    options = _LOOP if plugin == "asyncio" else ()
    project.runpytest_inprocess("-p", plugin, *options).assert_outcomes(passed=2)


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n2")], ids=["alone", "in parallel"])
def test_a_failed_test_may_keep_its_database(
    project: pytest.Pytester, scratch: ScratchServer, options: tuple[str, ...]
) -> None:
    """Under the URL that the report shows, with what the test wrote; the others are dropped."""
    project.makepyfile(
        """
        def test_failing(janua_db):
            janua_db.raw("INSERT INTO notes (title) VALUES ('what was wrong')")
            assert False

        def test_passing(janua_db):
            pass
        """
    )
    result = project.runpytest_subprocess("--janua-keep", *options)
    result.assert_outcomes(passed=1, failed=1)
    [url] = {line for line in result.outlines if line.startswith("postgresql://")}
    with psycopg.connect(url) as conn:
        assert ("what was wrong",) == conn.execute("SELECT title FROM notes").fetchone()
    own = ScratchServer(scratch.url("postgres"), project.path)
    try:
        left = own._databases(f"{own.prefix}clone_"), own._databases(f"{own.prefix}kept_")
        assert ([], [str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])]) == left
        for name in own._databases(own.prefix):
            own.drop(name)
    finally:
        own.close()


def test_a_failed_test_keeps_nothing_by_itself(project: pytest.Pytester) -> None:
    """Only where it is asked for."""
    project.makepyfile("def test_failing(janua_db): assert False")
    result = project.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*the test's database*")


def test_nobody_can_change_the_template(project: pytest.Pytester) -> None:
    """It is sealed: a test that connects to it would keep all others from being made."""
    project.makepyfile(
        """
        import psycopg
        import pytest

        def test_template(janua_scratch, janua_template, janua_db):
            with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
                psycopg.connect(janua_scratch.url(janua_template))
        """
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_project_uses_it_all(project: pytest.Pytester) -> None:
    """Queries, factories, seeds and Redis, in parallel."""
    (project.path / "queries").mkdir()
    (project.path / "queries" / "notes.sql").write_text("-- name: list_notes :many\nSELECT * FROM notes;\n")
    (project.path / "seeds").mkdir()
    (project.path / "seeds" / "test.sql").write_text("INSERT INTO notes (title) VALUES ('seeded')")
    project.makefile(
        ".toml",
        pyproject='[tool.janua]\noutput = "sample"\npackage = "sample"\n[tool.pytest.ini_options]\npythonpath = "."\n',
    )
    project.run(sys.executable, "-m", "janua.cli", "generate")
    project.makepyfile(
        """
        from janua.seeds import Seeder
        from sample import factories, notes

        def test_factories(janua_tx):
            made = [factories.make_note(janua_tx) for _ in range(3)]
            assert made == notes.list_notes(janua_tx)

        def test_seeds(janua_db):
            Seeder(janua_db, "seeds").run("test")
            assert ["seeded"] == [note.title for note in notes.list_notes(janua_db)]

        def test_redis(janua_redis, janua_tx):
            janua_redis.set("note", factories.make_note(janua_tx, title="a").title)
            assert "a" == janua_redis.get("note", str)
        """
    )
    project.runpytest_subprocess("-p", "xdist", "-n2").assert_outcomes(passed=3)
