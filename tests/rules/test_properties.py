"""What holds for every input: numbers, texts, routing, queue places, the chain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatserver.rules.articles import STATUS, Refused
from chatserver.rules.bodies import checked, storable
from chatserver.rules.numbers import month_of, ticket_number
from chatserver.rules.routing import OnDuty, Waiting, assign, forecast, pools
from chatserver.store import chain
from chatserver.store.archive import Walk
from tests.rules.life import START

DAYS = st.dates(date(2000, 1, 1), date(2999, 12, 31))
NUMBERS = st.builds(ticket_number, st.just("BJ"), DAYS, st.integers(1, 999_999))
#: Where digits stand in a number: eight of the day, six of the serial, the check character.
DIGITS = (*range(2, 10), *range(11, 17), 18)


@given(st.from_regex(r"[A-Z]{1,8}", fullmatch=True), DAYS, st.integers(1, 999_999))
def test_a_number_tells_its_month(prefix: str, day: date, serial: int) -> None:
    assert month_of(ticket_number(prefix, day, serial)) == day.year * 100 + day.month


@given(NUMBERS, st.sampled_from(DIGITS), st.sampled_from("0123456789X"))
def test_one_wrong_digit_is_always_refused(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)
    with pytest.raises(Refused):
        month_of(number[:place] + digit + number[place + 1 :])


@given(NUMBERS, st.sampled_from(range(len(DIGITS) - 1)))
def test_two_adjacent_digits_swapped_are_always_refused(number: str, at: int) -> None:
    left, right = DIGITS[at], DIGITS[at + 1]
    assume(number[left] != number[right])
    letters = list(number)
    letters[left], letters[right] = letters[right], letters[left]
    with pytest.raises(Refused):
        month_of("".join(letters))


@given(st.text(st.characters(), max_size=40))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    assert refusal_of(month_of, text) in (None, "invalid")


def refusal_of(function: Callable[..., object], *args: object, **named: object) -> str | None:
    """The code with which `function` refuses; anything else that it raises is a failure."""
    try:
        function(*args, **named)
    except Refused as refused:
        return refused.code
    return None


EVERY = st.characters(codec=None, categories=None)


@given(st.text(EVERY, max_size=200), st.integers(1, 100))
def test_a_text_is_kept_as_it_is_or_refused(text: str, longest: int) -> None:
    if code := refusal_of(checked, text, longest=longest):
        assert code in STATUS
        assert len(text) > longest or not text.strip() or "\x00" in text or not encodes(text)
    else:
        assert checked(text, longest=longest) is text
        assert 1 <= len(text) <= longest and "\x00" not in text and encodes(text)
        assert storable(text, "$.x") is text


def encodes(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


CATEGORY = st.sampled_from(["labour", "family", "traffic", "other"])
STAFF = st.sampled_from([f"L{n}" for n in range(6)])
LAWYER = st.builds(
    OnDuty,
    staff_no=STAFF,
    skills=st.frozensets(CATEGORY, max_size=3),
    room=st.integers(-1, 3),
    idle_since=st.integers(0, 50).map(lambda n: START - timedelta(minutes=n)),
)
LAWYERS = st.lists(LAWYER, max_size=6, unique_by=lambda lawyer: lawyer.staff_no)
PASSED = st.lists(STAFF, max_size=4, unique=True).map(tuple)
RETRY = st.sampled_from([None, START, START + timedelta(minutes=1)])
QUEUE = st.lists(st.tuples(CATEGORY, PASSED, RETRY), max_size=15).map(
    lambda rows: [Waiting(str(place), *row) for place, row in enumerate(rows)]
)


@given(QUEUE, LAWYERS)
def test_offers_are_fair(queue: list[Waiting], lawyers: list[OnDuty]) -> None:
    pairs = assign(queue, lawyers, START)
    chosen, by_number = dict(pairs), {lawyer.staff_no: lawyer for lawyer in lawyers}
    order = {ticket.number: place for place, ticket in enumerate(queue)}

    assert len(chosen) == len(pairs), "a ticket is offered once"
    assert [order[number] for number, _ in pairs] == sorted(order[n] for n, _ in pairs)
    for lawyer in lawyers:
        given = sum(staff_no == lawyer.staff_no for staff_no in chosen.values())
        assert given <= max(0, lawyer.room), "nobody gets more than there is room for"
    for ticket in queue:
        if ticket.number in chosen:
            staff_no = chosen[ticket.number]
            assert by_number[staff_no].can(ticket.category)
            if staff_no in ticket.passed_by:
                assert ticket.retry_at is None or ticket.retry_at <= START


@given(QUEUE, LAWYERS)
def test_nobody_is_overtaken(queue: list[Waiting], lawyers: list[OnDuty]) -> None:
    """Whoever gets nothing: every lawyer who could have come has no room left for anybody."""
    chosen = dict(assign(queue, lawyers, START))
    left = {
        lawyer.staff_no: lawyer.room - sum(no == lawyer.staff_no for no in chosen.values())
        for lawyer in lawyers
    }
    for place, ticket in enumerate(queue):
        if ticket.number in chosen:
            continue
        able = [
            lawyer.staff_no
            for lawyer in lawyers
            if lawyer.can(ticket.category) and lawyer.staff_no not in ticket.passed_by
        ]
        later = {chosen.get(other.number) for other in queue[place + 1 :]}
        assert all(left[staff_no] <= 0 for staff_no in able)
        assert not later & set(able), "somebody behind got a lawyer that this one could have had"


@given(QUEUE, LAWYERS)
def test_the_best_lawyer_is_chosen(queue: list[Waiting], lawyers: list[OnDuty]) -> None:
    room = {lawyer.staff_no: lawyer.room for lawyer in lawyers}
    waiting = {ticket.number: ticket for ticket in queue}
    for number, staff_no in assign(queue, lawyers, START):
        ticket = waiting[number]
        fresh = [
            lawyer
            for lawyer in lawyers
            if lawyer.can(ticket.category)
            and room[lawyer.staff_no] > 0
            and lawyer.staff_no not in ticket.passed_by
        ]
        if fresh:
            best = min(fresh, key=lambda one: (-room[one.staff_no], one.idle_since, one.staff_no))
            assert staff_no == best.staff_no
        room[staff_no] -= 1


@given(st.lists(CATEGORY, unique=True), LAWYERS)
def test_pools_divide_the_categories(categories: list[str], lawyers: list[OnDuty]) -> None:
    shared = pools(categories, lawyers)
    assert set(shared) == set(categories)
    for category, group in shared.items():
        assert category in group and all(shared[other] == group for other in group)
    for lawyer in lawyers:
        served = [category for category in categories if lawyer.can(category)]
        assert all(shared[served[0]] == shared[other] for other in served)


@given(st.integers(1, 10_000), st.integers(1, 500), st.integers(0, 500))
def test_a_better_place_never_waits_longer(position: int, seats: int, free: int) -> None:
    here = forecast(position, seats, 5, min(free, seats), (300, 900))
    behind = forecast(position + 1, seats, 5, min(free, seats), (300, 900))
    assert here.low is not None and here.high is not None
    assert behind.low is not None and behind.high is not None
    assert 0 <= here.low < here.high
    assert here.low <= behind.low and here.high <= behind.high


NUMBER = "BJ20261123-000001-1"
BODIES = st.lists(st.binary(min_size=1, max_size=20), min_size=2, max_size=8)


def chained(bodies: list[bytes], number: str = NUMBER) -> tuple[list[list[object]], bytes]:
    """Rows as the archive reads them, all of them details, and the head."""
    head, rows = chain.genesis(number, START), []
    for entry, body in enumerate(bodies, 1):
        salt = bytes([entry]) * 32
        committed = chain.commitment(salt, body)
        at = START + timedelta(microseconds=entry)
        head = chain.link(
            head,
            ticket=number,
            entry=entry,
            seq=None,
            at_us=chain.microseconds(at),
            kind="read",
            actor="citizen",
            committed=committed,
        )
        row = [number, entry, None, at, "read", "citizen", committed, head, body, salt]
        rows.append([*row, None, None, None])
    return rows, head


def holds(rows: list[list[object]], count: int, head: bytes) -> bool:
    walk = Walk(NUMBER, START)
    return not [*(b for row in rows for b in walk.step(row)), *walk.end(count, 0, head, "")]


@given(BODIES)
def test_an_untouched_chain_holds(bodies: list[bytes]) -> None:
    rows, head = chained(bodies)
    assert holds(rows, len(rows), head)


@given(BODIES, st.data())
def test_a_change_of_any_field_breaks_the_chain(bodies: list[bytes], data: st.DataObject) -> None:
    rows, head = chained(bodies)
    row = data.draw(st.sampled_from(rows))
    field = data.draw(st.sampled_from(range(1, 10)))
    old = row[field]
    if isinstance(old, bytes):
        row[field] = data.draw(st.binary(min_size=len(old), max_size=len(old)))
    elif isinstance(old, datetime):
        row[field] = old + data.draw(st.timedeltas(timedelta(days=-9), timedelta(days=9)))
    elif isinstance(old, str):
        row[field] = data.draw(st.text(st.characters(codec="ascii"), max_size=9))
    else:
        row[field] = data.draw(st.integers(1, 99))
    assume(row[field] != old)
    assert not holds(rows, len(rows), head)


@given(BODIES, st.data())
def test_a_loss_an_insertion_or_a_swap_breaks_the_chain(
    bodies: list[bytes], data: st.DataObject
) -> None:
    rows, head = chained(bodies)
    count = len(rows)
    at = data.draw(st.integers(0, count - 1))
    match data.draw(st.sampled_from(["loss", "insertion", "swap", "cut"])):
        case "loss":
            del rows[at]
        case "insertion":
            rows.insert(at, list(rows[data.draw(st.integers(0, count - 1))]))
        case "swap":
            other = data.draw(st.integers(0, count - 1))
            assume(other != at)
            rows[at], rows[other] = rows[other], rows[at]
        case _:
            del rows[at:]
    assert not holds(rows, count, head)


def test_the_same_words_in_another_ticket_or_at_another_time_have_another_hash() -> None:
    _, head = chained([b"x"])
    _, other = chained([b"x"], "BJ20261123-000002-X")
    assert head != other and chain.genesis("a", START) != chain.genesis("b", START)
    assert chain.microseconds(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)) == 1_000_005
