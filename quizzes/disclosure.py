"""Which groups may be shown, so that nobody's result can be read from the figures, nor got by subtraction.

The figures of a group are shown when it has at least five persons. That is not enough: with a total and all but one
of its parts, the last part is the difference. The rule (**decided**), along each way to part people (a *ladder*, such
as region and then unit), for every group and its parts:

1. a group of fewer than five is hidden;
2. where something is hidden among the parts of a group that is shown, at least two parts must be hidden, and they must
   hold five persons or more together: as long as not, the smallest part still shown is hidden too (of equal ones the
   first by name); where none is left, the whole group is hidden;
3. the parts of a hidden group are hidden: together they would show it;
4. two ladders cross only where one of them is the first (the place), and only in whole tables: every crossing in which
   there is anybody has five persons or more, and so has the table of the steps above. Else nothing of it is shown.

Rule 4 is strict because hiding single places of a crossed table is not safe: whoever adds some rows and takes away
some columns can come down to one person. With whole tables, and each other ladder parted by itself, all that adding
and subtracting can give is a union of crossings of five or more, or of parts that rules 1–3 leave. A brute-force test
solves all small tables, for a reader who knows everything but which crossings are empty where none is shown. What
viewers with different reach tell each other is not known here.

After Willenborg & de Waal (2001), Elements of Statistical Disclosure Control (Springer), on primary and secondary
suppression; minimum frequency rules are those of official statistics.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

LEAST_PERSONS = 5

Ladder = tuple[str, ...]
"""Names of the steps of one way to part people, the widest first; a step is chosen with all before it."""

Cell = frozenset[tuple[str, str]]
"""A group: the value of each step it is chosen by. Everybody is the empty one."""

EVERYBODY: Cell = frozenset()


def shown(
    people: Sequence[Mapping[str, str]], ladders: Sequence[Ladder], *, least: int = LEAST_PERSONS
) -> frozenset[Cell]:
    """All groups that may be shown. `people` has a value for every step of every ladder, one mapping a person.

    Only the first ladder crosses with the others.
    """
    visible: set[Cell] = {EVERYBODY} if len(people) >= least else set()
    hides_everybody = False
    for ladder in ladders:
        along = _along(people, ladder, least)
        visible |= along
        hides_everybody |= EVERYBODY not in along
    if hides_everybody:
        return frozenset()
    place, *others = ladders
    for other in others:
        visible |= _crossed(people, place, other, visible, least)
    return frozenset(visible)


def _along(people: Iterable[Mapping[str, str]], ladder: Ladder, least: int) -> set[Cell]:
    """The groups of one ladder that rules 1–3 leave."""
    counts: Counter[Cell] = Counter()
    for person in people:
        counts.update(_climb(person, ladder, height) for height in range(len(ladder) + 1))
    parts: defaultdict[Cell, list[Cell]] = defaultdict(list)
    for cell in counts:
        if cell:
            parts[_above(cell, ladder)].append(cell)
    hidden = {cell for cell, persons in counts.items() if persons < least}
    while True:
        more = {cell for group, cells in parts.items() for cell in _to_hide(group, cells, hidden, counts, least)}
        if more <= hidden:
            return counts.keys() - hidden
        hidden |= more


def _to_hide(
    group: Cell, parts: Sequence[Cell], hidden: set[Cell], counts: Mapping[Cell, int], least: int
) -> Iterable[Cell]:
    """What the parts of one group ask to be hidden besides."""
    if group in hidden:
        return parts
    unseen = [part for part in parts if part in hidden]
    if not unseen or (len(unseen) >= 2 and sum(counts[part] for part in unseen) >= least):
        return ()
    seen = [part for part in parts if part not in hidden]
    return (min(seen, key=lambda part: (counts[part], sorted(part))),) if seen else (group,)


def _crossed(
    people: Iterable[Mapping[str, str]], place: Ladder, other: Ladder, visible: set[Cell], least: int
) -> set[Cell]:
    """The crossings of two ladders that rule 4 allows, the wider tables first."""
    tables: defaultdict[tuple[Cell, Cell], Counter[Cell]] = defaultdict(Counter)
    for person in people:
        for height in range(len(place)):
            for width in range(len(other)):
                table = _climb(person, place, height), _climb(person, other, width)
                tables[table][_climb(person, place, height + 1) | _climb(person, other, width + 1)] += 1
    whole: set[tuple[Cell, Cell]] = set()
    allowed: set[Cell] = set()
    for (one, two), counts in sorted(tables.items(), key=lambda item: sum(map(len, item[0]))):
        above = [(_above(one, place), two)] if one else []
        above += [(one, _above(two, other))] if two else []
        if {one, two} <= visible and min(counts.values()) >= least and all(table in whole for table in above):
            whole.add((one, two))
            allowed |= counts.keys()
    return allowed


def _climb(person: Mapping[str, str], ladder: Ladder, height: int) -> Cell:
    """The group a person is in, so many steps up a ladder."""
    return frozenset((step, person[step]) for step in ladder[:height])


def _above(cell: Cell, ladder: Ladder) -> Cell:
    """The group one step wider."""
    steps = dict(cell)
    return cell - {(ladder[len(steps) - 1], steps[ladder[len(steps) - 1]])}
