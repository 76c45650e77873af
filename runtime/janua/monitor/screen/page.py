"""The page: everything of a report that fits, laid out anew for each size of the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from janua.monitor.findings import findings_of
from janua.monitor.metrics import PostgresReport, Report
from janua.monitor.quantities import duration, milliseconds, number, percent, size
from janua.monitor.screen.columns import bar, labelled
from janua.monitor.screen.sections import postgres_sections, redis_line

_ROWS_OF_A_REPORT = 20
_FRAME = 16
_FEWEST_ROWS = 3
_SHOWN_FINDINGS = 5
_WIDE = 100
_NARROW = 64
# Of the page's margins, and what a rule has around its title.
_RULE = 4


class Page:
    """
    A report, and the one before it, against which rates are counted.

    ``hint`` stands in the first line, where there is room. With ``is_live`` the page keeps to the terminal's height.
    """

    def __init__(self, report: Report, before: Report | None = None, *, hint: str = "", is_live: bool = False) -> None:
        self._report = report
        self._before = before
        self._hint = hint
        self._is_live = is_live

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        height = options.height or console.height
        rows = max(_FEWEST_ROWS, (height - _FRAME) // 2) if self._is_live else _ROWS_OF_A_REPORT
        for part in self._parts(width, rows):
            yield Padding(part, (0, 1))

    def _parts(self, width: int, rows: int) -> Iterator[RenderableType]:
        report = self._report
        yield self._head(width)
        yield from self._findings(width)
        if report.postgres is not None:
            yield from self._numbers(report.postgres, width)
        if report.redis is not None:
            yield redis_line(report.redis, width)
        if report.postgres is not None:
            for section in postgres_sections(report.postgres, width, rows):
                yield ""
                yield section

    def _head(self, width: int) -> RenderableType:
        overview = self._report.postgres.overview.first if self._report.postgres else None
        at = self._report.at.astimezone().strftime("%H:%M:%S")
        if overview is None:
            return self._rule(Text.assemble(("PostgreSQL", "bold"), f"  {at}"), width, "red")
        role = "replica" if overview.is_replica else "primary"
        up = duration((self._report.at - overview.started).total_seconds())
        server = f"PostgreSQL {overview.server_version.split()[0]} {role}, up {up}"
        return self._rule(Text.assemble((overview.database, "bold"), f"  {server}  {at}"), width, "cyan")

    def _rule(self, title: Text, width: int, style: str) -> RenderableType:
        """The first line, with the hint: the end of a live page may be out of sight."""
        hint = f"  {self._hint}" if self._hint and width >= _NARROW else ""
        title.truncate(width - len(hint) - _RULE, overflow="ellipsis")
        return Rule(title.append(hint, style="dim"), align="left", style=style)

    def _findings(self, width: int) -> Iterator[RenderableType]:
        found = findings_of(self._report)
        if not found:
            yield Text("✔ nothing needs attention", style="green")
        shown = found[:_SHOWN_FINDINGS] if self._is_live else found
        for finding in shown:
            sign, style = ("✖", "bold red") if finding.level == "danger" else ("▲", "yellow")
            text = Text(finding.message, style=style)
            if finding.remedy and (width >= _WIDE or not self._is_live):
                text = Text.assemble(text, (f"  {finding.remedy}", "dim"))
            yield labelled(Text(sign, style=style), [text], width)
        if len(shown) < len(found):
            yield Text(f"  and {len(found) - len(shown)} more", style="dim")

    def _numbers(self, report: PostgresReport, width: int) -> Iterator[RenderableType]:
        connections = report.connections.first
        if connections is not None:
            used = connections.server_total / connections.server_limit
            states: list[str | Text] = [
                Text.assemble(bar(used, 10), f" {connections.server_total} of {connections.server_limit}"),
                f"{connections.active} active",
                f"{connections.idle} idle",
                f"{connections.idle_in_transaction} in transaction",
                f"{connections.waiting_for_lock} waiting",
            ]
            yield labelled(Text("Connections", style="bold"), states, width)
        parts = list(self._rates(report))
        if parts:
            yield labelled(Text("Load       ", style="bold"), parts, width)

    def _rates(self, report: PostgresReport) -> Iterator[str]:
        overview, rates, totals = report.overview.first, report.hit_rates.first, report.query_totals.first
        if overview is not None:
            yield f"{size(overview.size_bytes)} in {number(overview.tables)} tables"
        if (rate := self._transactions_per_second(report)) is not None:
            yield f"{number(rate)} transactions/s"
        if totals is not None and totals.mean_ms is not None:
            yield f"{number(totals.count)} statements of {milliseconds(totals.mean_ms)}"
        if rates is not None:
            yield f"in memory {percent(rates.tables)} of tables, {percent(rates.indexes)} of indexes"

    def _transactions_per_second(self, report: PostgresReport) -> float | None:
        before = self._before.postgres.counters.first if self._before and self._before.postgres else None
        now = report.counters.first
        if self._before is None or before is None or now is None:
            return None
        seconds = (self._report.at - self._before.at).total_seconds()
        ended = now.committed + now.rolled_back - before.committed - before.rolled_back
        return max(0, ended) / seconds if seconds > 0 else None
