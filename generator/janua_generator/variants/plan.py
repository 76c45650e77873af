"""
The plan of a query that has variants: :class:`ParsedQuery` to its parts, and back to one for each variant.

A variant is named by what is given: the names of optional parameters, and ``order_by=key``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations, groupby

from janua.dynamic import Clause, chosen, unused_parameters
from janua.errors import NothingToUpdate
from janua.paging import CURSOR

from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import Call, ParsedQuery, Piece, Placeholder, SourceQuery, SplicedSql
from janua_generator.sqlfile.placeholders import did_you_mean, splices_within
from janua_generator.variants.cuts import Cut, Pieces, find_cuts
from janua_generator.variants.ordering import CHOICE, Order, order_cut, read_orders
from janua_generator.variants.outline import outline_of
from janua_generator.variants.paging import Key, KeyColumn, cursors, read_keys, wrapped

_WORDS = ("optional", "order", "page")

EXHAUSTIVE = 64
"""Up to so many variants, all are described."""


@dataclass(frozen=True, slots=True)
class Plan:
    """
    The parts of a statement, and the names that decide which of them stand.

    ``parsed`` has all parts and the first order. ``choices`` are the keys of each choice, the default first.
    ``keys`` are those of the pages that the query is to give, once it is :meth:`paged`.
    """

    parsed: ParsedQuery
    optional: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]
    parts: tuple[Pieces | Clause[Pieces], ...]
    keys: tuple[Key, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """What decides: the optional parameters, then the choices."""
        return (*self.optional, *self.choices)

    @property
    def is_exhaustive(self) -> bool:
        """Whether all variants are described."""
        return len(self._defaults()) << len(self.optional) <= EXHAUSTIVE

    def described(self) -> Iterator[ParsedQuery]:
        """
        Yield the variants that the server is to describe, no text twice; the first is ``parsed``.

        All of them, or above a limit: with everything, with nothing, with each parameter alone, with each pair. Of a
        standard call, with everything and with as little as can be.
        Those without an assignment to make do not exist.
        """
        seen: set[str] = set()
        for given in self._described():
            try:
                variant = self.variant(given)
            except NothingToUpdate:
                continue
            if variant.sql not in seen:
                seen.add(variant.sql)
                yield variant

    def variant(self, given: Set[str]) -> ParsedQuery:
        """Return the variant in which only this is given. Raises NothingToUpdate where there is none."""
        parsed = self.parsed
        pieces = tuple(piece for part in chosen(self.parts, given) for piece in part)
        spliced = SplicedSql.of(parsed.source.file.text, pieces, parsed.splices)
        unused = tuple(at + 1 for at in unused_parameters(spliced.sql, len(parsed.placeholders)))
        missing = ", ".join(f":{name}" for name in self.optional if name not in given)
        chooses = ", ".join(need.replace("=", " ") for need in sorted(given) if need.startswith(f"{CHOICE}="))
        left_out = " and ".join(
            [*([f"without {missing}"] if missing else []), *([f"with {chooses}"] if chooses else [])]
        )
        return replace(parsed, pieces=pieces, spliced=spliced, unused=unused, left_out=left_out)

    def texts(self, spliced: ParsedQuery) -> tuple[str | Clause[str], ...]:
        """Return the parts as they are sent, with what is spliced into this query; neighbours are joined."""
        file = spliced.source.file.text

        def text(pieces: Pieces) -> str:
            return SplicedSql.of(file, pieces, spliced.splices).sql

        found: list[str | Clause[str]] = []
        for is_text, group in groupby(self.parts, key=lambda part: not isinstance(part, Clause)):
            if is_text:
                joined = "".join(text(part) for part in group if not isinstance(part, Clause))
                found += [joined] if joined else []
            else:
                found += [_with_texts(part, text) for part in group if isinstance(part, Clause)]
        return tuple(found)

    def paged(self, parsed: ParsedQuery, columns: Sequence[str], keys: Sequence[KeyColumn]) -> Plan:
        """Return the plan of the query that gives pages of this one's rows; ``parsed`` has what is spliced into it."""
        around, parts = wrapped(parsed, self.parts, columns, keys)
        return _whole(Plan(around, self.optional, {CURSOR: cursors(keys)}, parts))

    def _defaults(self) -> list[frozenset[str]]:
        """Each way to choose; the first are the defaults."""
        ways: list[frozenset[str]] = [frozenset()]
        for name, keys in self.choices.items():
            ways = [way | {f"{name}={key}"} for way in ways for key in keys]
        return ways

    def _least(self) -> list[frozenset[str]]:
        """As little as can be given, so that each parameter is left out somewhere; none depends on another."""
        try:
            self.variant(frozenset())
        except NothingToUpdate:
            return [frozenset(self.optional[:1]), frozenset(self.optional[-1:])]
        return [frozenset()]

    def _described(self) -> Iterator[frozenset[str]]:
        ways = self._defaults()
        every = frozenset(self.optional)
        if self.parsed.source.file.is_made:
            yield from (way | given for given in dict.fromkeys((every, *self._least())) for way in ways)
            return
        if self.is_exhaustive:
            sizes: Iterable[int] = range(len(self.optional), -1, -1)
            for size in sizes:
                yield from (way | set(given) for given in combinations(self.optional, size) for way in ways)
            return
        few = [frozenset(), *(frozenset(pair) for size in (1, 2) for pair in combinations(self.optional, size))]
        yield from (way | every for way in ways)
        yield from (way | given for given in few for way in (ways[:1] if given else ways))


def _with_texts(clause: Clause[Pieces], text: Callable[[Pieces], str]) -> Clause[str]:
    items = tuple((text(separator), text(item), needs) for separator, item, needs in clause.items)
    return Clause(text(clause.opening), items, None if clause.otherwise is None else text(clause.otherwise))


def plan_of(parsed: ParsedQuery) -> Plan | None:
    """
    Return the plan of a query that asks for variants, else None. Pure.

    Raises GenerationFailed with all that is wrong with its directives.
    """
    is_of_rows = parsed.source.file.is_made and parsed.source.call in (Call.COPY, Call.BULK)
    # what the rows of a standard call may leave out is cut out of the statement that is made for them
    if is_of_rows or not any(parsed.source.directives_called(word) for word in _WORDS):
        return None
    _check_call(parsed.source)
    outline = outline_of(parsed)
    keys = read_keys(parsed, outline)
    optional = _optional(parsed)
    cuts, findings = find_cuts(parsed, outline, optional)
    if findings:
        raise GenerationFailed(findings)
    orders = read_orders(parsed)
    choices: dict[str, tuple[str, ...]] = {}
    if orders:
        cuts = _with_order(parsed, cuts, order_cut(parsed, outline, orders), optional)
        choices[CHOICE] = tuple(each.key for each in orders)
        parsed = _with_order_parameters(parsed, orders, optional)
    return _whole(Plan(parsed, tuple(each.name for each in optional), choices, tuple(_parts(parsed, cuts)), keys))


def _check_call(source: SourceQuery) -> None:
    """A call that takes many sets of values sends one statement for all of them; rows of a page come at once."""
    takes_sets = source.call in (Call.COPY, Call.BATCH, Call.BULK)
    for directive in source.directives:
        is_refused = takes_sets or (source.call is Call.STREAM and directive.word == "page")
        if is_refused and directive.word in _WORDS:
            call = "@bulk" if source.call is Call.BULK else f":{source.call}"
            raise GenerationFailed([source.complaint(directive, f"@{directive.word} does not go with {call}")])


def _whole(plan: Plan) -> Plan:
    """The plan with the variant in which nothing is left out."""
    defaults = (f"{name}={choices[0]}" for name, choices in plan.choices.items())
    return replace(plan, parsed=replace(plan.variant({*plan.optional, *defaults}), left_out=""))


def _optional(parsed: ParsedQuery) -> list[Placeholder]:
    """The parameters that ``@optional`` names."""
    source = parsed.source
    known = {each.name.lower(): each for each in parsed.placeholders if each.name}
    found: dict[str, Placeholder] = {}
    findings = []
    for directive in source.directives_called("optional"):
        for match in re.finditer(r"[:@]?(\w+)", directive.text):
            name, at = match[1].lower(), match.start(1)
            if name not in known:
                message = f"the statement has no parameter :{match[1]}"
                hint = did_you_mean(match[1], (each.name for each in parsed.placeholders))
                findings.append(source.complaint_within(directive, at, len(match[1]), message, hint=hint))
            elif name in found:
                findings.append(source.complaint_within(directive, at, len(name), f"{match[1]} stands twice"))
            else:
                found[name] = known[name]
    if findings:
        raise GenerationFailed(findings)
    return list(found.values())


def _with_order(parsed: ParsedQuery, cuts: list[Cut], order: Cut, optional: Sequence[Placeholder]) -> list[Cut]:
    """The cuts with that of the order; no optional parameter may be in what it replaces."""
    for each in optional:
        inside = [offset for offset in each.offsets if order.start <= offset < order.end]
        if inside:
            message = f":{each.name} stands in the ORDER BY that @order replaces"
            raise GenerationFailed([parsed.source.file.diagnostic(inside[0], len(each.name) + 1, message)])
    return sorted([*cuts, order], key=lambda each: (each.start, each.end))


def _with_order_parameters(
    parsed: ParsedQuery, orders: Sequence[Order], optional: Sequence[Placeholder]
) -> ParsedQuery:
    """The query with the parameters of its orders numbered, too."""
    names = {each.number: each.name for each in optional}
    splices = list(parsed.splices)
    for order in orders:
        for splice in splices_within(parsed.source, parsed.placeholders, order.start, order.end):
            number = int(splice.text.strip(" $"))
            if number in names:
                message = f":{names[number]} cannot be left out: an order needs it"
                place = parsed.source.file.diagnostic(splice.start, splice.end - splice.start, message)
                raise GenerationFailed([place])
            splices.append(splice)
    return replace(parsed, splices=tuple(sorted(splices, key=lambda each: each.start)))


def _parts(parsed: ParsedQuery, cuts: Iterable[Cut]) -> Iterator[Pieces | Clause[Pieces]]:
    position = parsed.source.start
    for cut in cuts:
        yield (Piece(position, cut.start),)
        yield cut.clause
        position = cut.end
    yield (Piece(position, parsed.source.end),)
