"""The checker finds each kind of bad history, and nothing in a good one."""

from __future__ import annotations

from dataclasses import replace

from tests.journeys import history
from tests.journeys.history import Entry, History, Stored

T, CITIZEN = "BJ20261123-000001-1", "citizen"
READERS = [("li", T)]
STORED = [
    Stored(T, 1, CITIZEN, "a", "我被辞退了"),
    Stored(T, 2, "system", "", "请等候"),
    Stored(T, 3, CITIZEN, "b", "能要多少赔偿"),
]


def sent(id: str, body: str, seq: int) -> list[Entry]:
    invoke = Entry("wang", "invoke", T, CITIZEN, id, 0, body)
    return [invoke, replace(invoke, type="ok", seq=seq)]


def heard(seq: int, line: int = 1) -> Entry:
    message = next(message for message in STORED if message.seq == seq)
    return Entry("li", "recv", T, message.author, message.id, seq, message.body, line)


GOOD = [
    *sent("a", "我被辞退了", 1),
    heard(1),
    *sent("b", "能要多少赔偿", 3),
    heard(1, line=2),
    heard(2, line=2),
    heard(3, line=2),
]


def test_a_good_history_has_no_violations() -> None:
    assert history.violations(GOOD, STORED, READERS) == []


def test_a_message_that_was_cut_off_may_be_stored_or_not() -> None:
    cut = [
        Entry("wang", "invoke", T, CITIZEN, "c", 0, "还在吗"),
        Entry("wang", "info", T, CITIZEN, "c"),
    ]
    later = Stored(T, 4, CITIZEN, "c", "还在吗")
    last = Entry("li", "recv", T, CITIZEN, "c", 4, "还在吗", 2)
    assert history.violations([*GOOD, *cut], STORED, READERS) == []
    assert history.violations([*GOOD, *cut, last], [*STORED, later], READERS) == []


def test_an_acknowledged_message_that_is_gone_is_found() -> None:
    assert history.acked_but_not_stored(GOOD, STORED[:2]) == [
        f"lost: {(T, CITIZEN, 'b')} acknowledged as 3"
    ]


def test_an_acknowledged_message_at_another_place_is_found() -> None:
    moved = [*STORED[:2], replace(STORED[2], seq=4)]
    assert history.acked_but_not_stored(GOOD, moved)[0].startswith("moved")
    assert history.gaps(moved)


def test_a_message_with_other_words_is_found() -> None:
    changed = [*STORED[:2], replace(STORED[2], body="能要多少")]
    assert history.acked_but_not_stored(GOOD, changed)[0].startswith("changed")
    assert history.stored_but_never_sent(GOOD, changed)
    assert history.broken_streams(GOOD, changed, READERS)


def test_a_message_that_nobody_sent_is_found() -> None:
    invented = [*STORED, Stored(T, 4, CITIZEN, "x", "谁说的")]
    assert history.stored_but_never_sent(GOOD, invented) == [
        f"invented: {(T, CITIZEN, 'x')} '谁说的'"
    ]


def test_the_notices_of_the_service_were_sent_by_nobody() -> None:
    two = [*STORED, Stored(T, 4, "system", "", "会话已结束")]
    assert history.stored_but_never_sent(GOOD, two) == []
    assert history.stored_twice(two) == []


def test_a_message_stored_twice_is_found() -> None:
    twice = [*STORED, replace(STORED[2], seq=4)]
    assert history.stored_twice(twice) == [f"stored 2 times: {(T, CITIZEN, 'b')}"]


def test_the_same_id_in_two_tickets_is_no_repeat() -> None:
    assert history.stored_twice([*STORED, replace(STORED[0], ticket="other")]) == []


def test_a_gap_and_a_number_given_twice_are_found() -> None:
    assert history.gaps([STORED[0], STORED[2]])
    assert history.gaps([*STORED, replace(STORED[0], seq=3, id="z")])
    assert history.gaps([replace(STORED[0], seq=0)])


def test_a_reader_who_missed_a_message_is_found() -> None:
    assert history.broken_streams(GOOD[:-1], STORED, READERS) == [f"never heard [3]: {('li', T)}"]


def test_a_reader_who_heard_nothing_is_found() -> None:
    assert history.broken_streams([], STORED, READERS)


def test_a_reader_who_heard_what_was_not_stored_is_found() -> None:
    assert "heard 3, which is not stored" in history.broken_streams(GOOD, STORED[:2], READERS)[0]


def test_a_stream_that_goes_back_within_one_connection_is_found() -> None:
    back = [heard(1), heard(3), heard(2)]
    assert history.broken_streams(back, STORED, READERS)[0].startswith("went back to 2")


def test_a_stream_may_start_again_on_a_new_connection() -> None:
    again = [heard(1), heard(2), heard(1, line=2), heard(2, line=2), heard(3, line=2)]
    assert history.broken_streams(again, STORED, READERS) == []


def test_what_a_reader_knows_may_come_again() -> None:
    again = [heard(1), heard(2), heard(3), heard(3, line=2), heard(1, line=2), heard(2, line=2)]
    assert history.broken_streams(again, STORED, READERS) == []


def test_one_number_for_two_messages_is_found() -> None:
    other = replace(heard(3), id="y", body="别的话", line=3)
    assert "two messages at 3" in history.broken_streams([*GOOD, other], STORED, READERS)[0]


def test_two_messages_of_one_client_that_changed_places_are_found() -> None:
    swapped = [*sent("a", "一", 3), *sent("b", "二", 1)]
    assert history.out_of_order(swapped)[0].startswith("b sent after a")


def test_a_message_refused_once_may_come_later() -> None:
    refused = Entry("wang", "fail", T, CITIZEN, "a")
    assert history.out_of_order([*sent("a", "一", 3), refused, *sent("b", "二", 1)]) == []


def test_two_acknowledgements_that_disagree_are_found() -> None:
    again = Entry("wang", "ok", T, CITIZEN, "b", 4, "能要多少赔偿")
    assert history.disagreeing_acks([*GOOD, again])


def test_a_history_can_be_read_after_a_failure(tmp_path) -> None:
    kept = History()
    for entry in GOOD:
        kept.add(entry)
    kept.write(tmp_path / "history.jsonl")
    lines = (tmp_path / "history.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == len(GOOD)
    assert "能要多少赔偿" in lines[3]
    assert kept.of("ok") == [entry for entry in GOOD if entry.type == "ok"]
