"""Where everything stands in its column: in an order in which lines cross little, so that many are straight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from janua_generator.diagram.boxes import ROW, box_height, row_middle, slot_height
from janua_generator.diagram.entities import Entity
from janua_generator.diagram.nets import End, Net, gutter_of

_SWEEPS = 8
_LANE = 2 * ROW


@dataclass(frozen=True, slots=True)
class Attachment:
    """Where a net touches a gutter: at a table's row or at a lane's end, so far below the top of what stands there."""

    item: int
    offset: int
    is_left: bool


@dataclass(frozen=True, slots=True)
class Places:
    """
    The top of every table, and of every item: tables by their numbers, then lanes.

    ``attachments`` are those of a net at a gutter, ``lanes`` the heights of a net in a column, ``ends`` those of its
    ends. ``height`` is that of the whole picture.
    """

    tops: tuple[int, ...]
    attachments: dict[tuple[int, int], tuple[Attachment, ...]]
    lanes: dict[tuple[int, int], int]
    ends: dict[tuple[int, End], int]
    height: int


def place(entities: Sequence[Entity], columns: Sequence[int], nets: Sequence[Net]) -> Places:
    """Return the places. The same schema gives the same ones."""
    lanes = [(net, column) for net, each in enumerate(nets) for column in each.lanes]
    slots = [slot_height(box_height(each)) for each in entities] + [_LANE] * len(lanes)
    stacks: list[list[int]] = [[] for _ in range(max(columns, default=-1) + 1)]
    for item, column in enumerate([*columns, *(column for _, column in lanes)]):
        stacks[column].append(item)
    numbers = {lane: len(entities) + at for at, lane in enumerate(lanes)}
    offsets = _offsets(nets)
    attachments = _attachments(nets, columns, numbers, offsets)
    pulls = _pulls(attachments, len(slots))
    tops = _arranged(stacks, slots, pulls)
    height = max((tops[item] + slot for item, slot in enumerate(slots)), default=0)
    return Places(
        tops=tuple(tops),
        attachments=attachments,
        lanes={lane: tops[item] + _lane_offset(lane[1]) for lane, item in numbers.items()},
        ends={key: tops[key[1].entity] + offset for key, offset in offsets.items()},
        height=height,
    )


def _offsets(nets: Sequence[Net]) -> dict[tuple[int, End], int]:
    """
    Return how far below its table's top each end of a net is.

    Lines that meet one row are kept apart: those at its right side run above its middle, those at its left below.
    """
    used: dict[End, int] = {}
    offsets: dict[tuple[int, End], int] = {}
    for number, net in enumerate(nets):
        for end in dict.fromkeys((net.parent, *net.children)):
            away = 2 + 3 * (used.get(end, 0) % 3)
            used[end] = used.get(end, 0) + 1
            offsets[number, end] = row_middle(end.row) + (-away if end.is_right else away)
    return offsets


def _lane_offset(column: int) -> int:
    """Lanes of neighbouring columns, and the lines at rows of tables, never run at the same height."""
    return 28 if column % 2 else 18


def _attachments(
    nets: Sequence[Net], columns: Sequence[int], lanes: dict[tuple[int, int], int], offsets: dict[tuple[int, End], int]
) -> dict[tuple[int, int], tuple[Attachment, ...]]:
    found: dict[tuple[int, int], list[Attachment]] = {}
    for (number, end), offset in offsets.items():
        at = found.setdefault((number, gutter_of(end, columns)), [])
        at.append(Attachment(end.entity, offset, is_left=end.is_right))
    for (number, column), item in lanes.items():
        for gutter, is_left in ((column, False), (column + 1, True)):
            found.setdefault((number, gutter), []).append(Attachment(item, _lane_offset(column), is_left))
    return {key: tuple(each) for key, each in found.items()}


def _pulls(
    attachments: dict[tuple[int, int], tuple[Attachment, ...]], items: int
) -> list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
    """Return what pulls each item: the items to its left and to its right, and how much lower it wants to be."""
    pulls: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]] = [([], []) for _ in range(items)]
    for touching in attachments.values():
        for left in (each for each in touching if each.is_left):
            for right in (each for each in touching if not each.is_left):
                pulls[left.item][1].append((right.item, right.offset - left.offset))
                pulls[right.item][0].append((left.item, left.offset - right.offset))
    return pulls


def _arranged(
    stacks: list[list[int]],
    slots: Sequence[int],
    pulls: Sequence[tuple[list[tuple[int, int]], list[tuple[int, int]]]],
) -> list[int]:
    """Order and place column after column by what is to the left, then by what is to the right, and so on."""
    tops = [0.0] * len(slots)
    for stack in stacks:
        for item, top in zip(stack, accumulate((slots[item] for item in stack), initial=0), strict=False):
            tops[item] = top
    for sweep in range(_SWEEPS):
        for stack in stacks if sweep % 2 == 0 else reversed(stacks):
            wanted = {item: _wanted(item, sweep % 2, tops, pulls) for item in stack}
            if sweep < _SWEEPS - 2:
                stack.sort(key=lambda item: wanted[item] + slots[item] / 2)
            stacked = _stacked([wanted[item] for item in stack], [slots[item] for item in stack])
            for item, want in zip(stack, stacked, strict=True):
                tops[item] = want
    highest = min(tops, default=0)
    # Rounding keeps the order and the distances, because slots are whole rows.
    return [round((top - highest) / ROW) * ROW for top in tops]


def _wanted(
    item: int, side: int, tops: Sequence[float], pulls: Sequence[tuple[list[tuple[int, int]], list[tuple[int, int]]]]
) -> float:
    pulling = pulls[item][side] or pulls[item][1 - side]
    if not pulling:
        return tops[item]
    return sum(tops[other] + lower for other, lower in pulling) / len(pulling)


def _stacked(wanted: Sequence[float], slots: Sequence[int]) -> Iterator[float]:
    """
    Return tops in this order without overlaps, the sum of whose squared distances from the wanted ones is smallest.

    Without the heights above them they may only rise: pools of neighbours that would not share their mean.
    """
    above = list(accumulate(slots, initial=0))
    pools: list[tuple[float, int]] = []
    for at, want in enumerate(wanted):
        total, number = want - above[at], 1
        while pools and pools[-1][0] / pools[-1][1] > total / number:
            before = pools.pop()
            total, number = total + before[0], number + before[1]
        pools.append((total, number))
    shares = (total / number for total, number in pools for _ in range(number))
    return (share + above[at] for at, share in enumerate(shares))
