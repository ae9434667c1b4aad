"""Nobody's result is shown, nor can be worked out: by brute force over small tables, with nothing but arithmetic."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.disclosure import EVERYBODY, LEAST_PERSONS, Cell, Ladder, shown

ONE: tuple[Ladder, ...] = (("unit",),)
CROSSED: tuple[Ladder, ...] = (("unit",), ("sector",))
NESTED: tuple[Ladder, ...] = (("region", "unit"), ("sector",))
THREE: tuple[Ladder, ...] = (("unit",), ("sector",), ("year",))


def line(*sizes: int) -> list[dict[str, str]]:
    """So many persons in each unit."""
    return [{"unit": f"u{number}"} for number, size in enumerate(sizes) for _ in range(size)]


def unit(number: int) -> Cell:
    return frozenset({("unit", f"u{number}")})


@pytest.mark.parametrize(
    ("sizes", "seen"),
    [
        ((9, 8), {0, 1}),
        ((4,), set()),
        ((9, 3), set()),  # 12 − 9 would be the three
        ((9, 8, 3), {0}),  # so the smaller of the others goes with them
        ((9, 8, 3, 2), {0, 1}),  # the two hold five together
        ((9, 8, 2, 2), {0}),  # four are too few
        ((9, 9, 3), {1}),  # of equal ones the first by name
        ((5, 1, 1, 1, 1, 1), {0}),
        ((1, 1, 1, 1, 1), set()),
    ],
)
def test_the_rule_by_hand(sizes: tuple[int, ...], seen: set[int]) -> None:
    visible = shown(line(*sizes), ONE)
    assert {number for number in range(len(sizes)) if unit(number) in visible} == seen
    assert (EVERYBODY in visible) == (sum(sizes) >= LEAST_PERSONS)


def test_every_small_table_of_one_line_keeps_its_secret() -> None:
    """All tables of up to four parts of up to seven persons: whatever can be subtracted holds five or nobody."""
    for parts in range(1, 5):
        for sizes in product(range(8), repeat=parts):
            visible = shown(line(*sizes), ONE)
            seen = [number for number in range(parts) if unit(number) in visible]
            assert all(sizes[number] >= LEAST_PERSONS for number in seen)
            if EVERYBODY in visible:
                for count in range(len(seen) + 1):
                    for known in combinations(seen, count):
                        rest = sum(sizes) - sum(sizes[number] for number in known)
                        assert rest == 0 or rest >= LEAST_PERSONS, (sizes, seen, known)
                unseen = [sizes[number] for number in range(parts) if sizes[number] and number not in seen]
                assert len(unseen) != 1, f"{sizes}: the only hidden part is the difference"


Atom = tuple[tuple[str, str], ...]


def groups_known(atoms: list[Atom], persons: Counter[Atom], visible: frozenset[Cell]) -> list[tuple[int, ...]]:
    """Every set of atoms (people alike in everything) with one to four persons that solving the figures gives."""
    basis = reduced([[Fraction(set(cell) <= set(atom)) for atom in atoms] for cell in visible])
    return [
        wanted
        for count in range(1, len(atoms) + 1)
        for wanted in combinations(range(len(atoms)), count)
        if 0 < sum(persons[atoms[n]] for n in wanted) < LEAST_PERSONS
        and is_spanned([Fraction(n in wanted) for n in range(len(atoms))], basis)
    ]


def reduced(rows: list[list[Fraction]]) -> list[tuple[int, list[Fraction]]]:
    """Gauss and Jordan: rows with the place of their leading one."""
    basis: list[tuple[int, list[Fraction]]] = []
    for row in rows:
        left = remainder(row, basis)
        lead = next((n for n, value in enumerate(left) if value), None)
        if lead is not None:
            left = [value / left[lead] for value in left]
            basis = [(n, [a - other[lead] * b for a, b in zip(other, left, strict=True)]) for n, other in basis]
            basis.append((lead, left))
    return basis


def remainder(row: list[Fraction], basis: list[tuple[int, list[Fraction]]]) -> list[Fraction]:
    for lead, other in basis:
        factor = row[lead]
        if factor:
            row = [a - factor * b for a, b in zip(row, other, strict=True)]
    return row


def is_spanned(row: list[Fraction], basis: list[tuple[int, list[Fraction]]]) -> bool:
    return not any(remainder(row, basis))


def crossed(sizes: dict[tuple[str, str], int]) -> list[dict[str, str]]:
    return [{"unit": one, "sector": other} for (one, other), size in sizes.items() for _ in range(size)]


def nested(sizes: dict[tuple[str, str], int]) -> list[dict[str, str]]:
    """Units a, b in region x; c, d in region y."""
    return [
        {"unit": one, "region": "x" if one in "ab" else "y", "sector": other}
        for (one, other), size in sizes.items()
        for _ in range(size)
    ]


def maybe_there(people: list[dict[str, str]], ladders: tuple[Ladder, ...], visible: frozenset[Cell]) -> set[Atom]:
    """Crossings where nobody is, but where the pages leave that open: no whole table has a hole in its place.

    What is known besides is which units a region has.
    """
    found: set[Atom] = set()
    place = ladders[0]
    for values in product(people, repeat=len(ladders)):
        mixed = {step: person[step] for person, ladder in zip(values, ladders, strict=True) for step in ladder}
        for height in range(1, len(place) + 1):
            climbed = frozenset((step, mixed[step]) for step in place[:height])
            for (other,) in ladders[1:]:
                table = {cell for cell in visible if len(cell) == height + 1 and other in dict(cell)}
                beside = any(cell > climbed - {(place[height - 1], mixed[place[height - 1]])} for cell in table)
                if beside and climbed | {(other, mixed[other])} not in visible:
                    break  # a whole table is shown, and this place in it is empty
            else:
                continue
            break
        else:
            found.add(tuple(sorted(mixed.items())))
    return found


def assert_nobody_is_known(people: list[dict[str, str]], ladders: tuple[Ladder, ...]) -> None:
    visible = shown(people, ladders)
    persons = Counter(tuple(sorted(person.items())) for person in people)
    atoms = sorted({*persons, *maybe_there(list(map(dict, persons)), ladders, visible)})
    found = groups_known(atoms, persons, visible)
    assert not found, (persons, [atoms[n] for n in found[0]], sorted(map(sorted, visible)))


def test_every_small_crossed_table_keeps_its_secret_from_whoever_solves_equations() -> None:
    """All two-by-two tables with 0, 1, 3, 5 or 9 persons in a place: every solvable group has five."""
    places = [(one, other) for one in "ab" for other in "mn"]
    for sizes in product((0, 1, 3, 5, 9), repeat=4):
        assert_nobody_is_known(crossed(dict(zip(places, sizes, strict=True))), CROSSED)


sizes_by_chance = st.lists(st.sampled_from([0, 1, 2, 4, 5, 6, 9]), min_size=9, max_size=9)


@settings(max_examples=200)
@given(sizes_by_chance)
def test_larger_crossed_tables_keep_it_too(sizes: list[int]) -> None:
    """Three by three, sizes by chance."""
    places = [(one, other) for one in "abc" for other in "mno"]
    assert_nobody_is_known(crossed(dict(zip(places, sizes, strict=True))), CROSSED)


@settings(max_examples=200)
@given(sizes_by_chance)
def test_nested_tables_keep_it_too(sizes: list[int]) -> None:
    """Two regions of two units each, crossed with sector."""
    places = [(one, other) for one in "abcd" for other in "mn"]
    assert_nobody_is_known(nested(dict(zip(places, sizes, strict=False))), NESTED)


@settings(max_examples=200)
@given(sizes_by_chance)
def test_tables_crossed_twice_keep_it_too(sizes: list[int]) -> None:
    """Unit with sector and unit with year, two of each."""
    places = list(product("ab", "mn", "xy"))
    people = [
        {"unit": one, "sector": two, "year": three}
        for (one, two, three), size in zip(places, sizes, strict=False)
        for _ in range(size)
    ]
    assert_nobody_is_known(people, THREE)


def test_a_crossed_table_is_shown_whole_or_not_at_all() -> None:
    whole = crossed({("a", "m"): 5, ("a", "n"): 6, ("b", "m"): 7, ("b", "n"): 0})
    visible = shown(whole, CROSSED)
    assert frozenset({("unit", "a"), ("sector", "n")}) in visible
    visible = shown([*whole, {"unit": "b", "sector": "n"}], CROSSED)
    assert {len(cell) for cell in visible} == {0, 1}


def test_a_table_of_units_is_crossed_only_where_that_of_regions_is() -> None:
    """Else the rest of the country would be what is left of the total."""
    sizes = {("a", "m"): 9, ("b", "m"): 9, ("a", "n"): 9, ("b", "n"): 9, ("c", "m"): 9}
    assert max(map(len, shown(nested({**sizes, ("d", "n"): 9}), NESTED))) == 3
    assert max(len(cell) for cell in shown(nested({**sizes, ("d", "n"): 2}), NESTED) if "sector" in dict(cell)) == 1


@given(st.lists(st.integers(5, 20), min_size=1, max_size=6))
def test_nothing_is_hidden_without_need(sizes: list[int]) -> None:
    visible = shown(line(*sizes), ONE)
    assert all(unit(number) in visible for number in range(len(sizes)))


def test_only_the_first_ladder_crosses_with_others() -> None:
    people = [{"unit": "1", "sector": "1", "year": "1"}] * 50
    visible = shown(people, THREE)
    assert max(len(cell) for cell in visible) == 2
    assert all("unit" in dict(cell) for cell in visible if len(cell) == 2)


def test_a_unit_is_chosen_with_its_region() -> None:
    visible = shown(nested({("a", "m"): 9, ("c", "m"): 9}), NESTED)
    assert frozenset({("region", "x"), ("unit", "a")}) in visible
    assert frozenset({("unit", "a")}) not in visible
