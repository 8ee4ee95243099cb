"""Article 22: one number for a consultation, for ever, and staff appear under theirs alone."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chatserver.rules import answering, promising, refusing, reviewing
from chatserver.rules.articles import Refused
from chatserver.rules.contacts import contacts, without_contacts
from chatserver.rules.events import Message
from chatserver.rules.events_desks import ContactRefused
from chatserver.rules.numbers import check_character, month_of, ticket_number
from chatserver.rules.people import Lawyer
from chatserver.rules.refusing import Referral
from tests.rules.life import CHEN, LIU, MINUTE, START, Life, met, refusal

DAY = date(2026, 11, 23)


def test_the_number_is_the_contracts_example() -> None:
    assert ticket_number("BJ", DAY, 42) == "BJ20261123-000042-5"


def test_a_number_tells_its_month() -> None:
    assert month_of("BJ20261123-000042-5") == 202611


@pytest.mark.parametrize(
    "number",
    [
        "BJ20261123-000042-6",
        "BJ20261132-000042-5",
        "bj20261123-000042-5",
        "BJ20261123-000042",
        " BJ20261123-000042-5",
        "BJ20261123-000042-5\n",
        "BJ２０261123-000042-5",
        "",
        "x" * 10_000,
    ],
)
def test_what_is_no_number_is_invalid_before_any_look_up(number: str) -> None:
    refused = refusal(month_of, number)
    assert refused.code == "invalid" and refused.details[0]["path"] == "$.number"


def test_a_right_check_character_does_not_make_a_date() -> None:
    digits = "20261332000001"
    number = f"BJ{digits[:8]}-{digits[8:]}-{check_character(digits)}"
    assert refusal(month_of, number).code == "invalid"


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_day_has_999_999_numbers(serial: int) -> None:
    assert refusal(ticket_number, "BJ", DAY, serial).code == "unavailable"


def test_a_lawyer_speaks_under_the_staff_number() -> None:
    life = met()
    [_, said] = life.say()
    assert isinstance(said, Message)
    assert (said.by, said.staff_no, said.profession) == ("staff", "L0001", "lawyer")


def test_no_event_holds_a_lawyers_account() -> None:
    life = met()
    life.say()
    life.answer()
    life.close()
    assert not any("chen" in str(vars(event).values()) for event in life.events)


#: What the server refuses and the console warns of (web/test/contacts.test.js), and what neither does.
CASES = json.loads(Path(__file__).parents[1].joinpath("contacts.json").read_text("utf-8"))


@pytest.mark.parametrize("said", CASES["private"])
def test_a_private_contact_is_not_said_to_a_citizen(said: str) -> None:
    with pytest.raises(Refused) as refused:
        without_contacts(met().ticket, "L0001", said)
    assert (refused.value.code, refused.value.article) == ("invalid", 22)


@pytest.mark.parametrize("said", CASES["harmless"])
def test_public_lines_amounts_dates_and_numbers_of_cases_may_be_said(said: str) -> None:
    assert without_contacts(met().ticket, "L0001", said) == said and contacts(said) == []


PRIVATE = "电话 13812345678"


def tried(life: Life, lawyer: Lawyer = CHEN) -> ContactRefused:
    """A lawyer's line with a contact: refused, and the try goes into the record."""
    refused = refusal(life.do, answering.send, lawyer, f"l-{life.ticket.entry}", PRIVATE)
    [event] = refused.events
    life.happen([event])
    assert isinstance(event, ContactRefused)
    return event


def test_the_third_try_is_reported_and_no_other() -> None:
    life = met()
    assert [tried(life).reported for _ in range(5)] == [False, False, True, False, False]


def test_what_was_tried_is_kept_nowhere() -> None:
    life = met()
    tried(life)
    assert "138" not in str([vars(event) for event in life.events])


def test_each_lawyer_has_an_own_count() -> None:
    life = met()
    tried(life)
    tried(life)
    life.hand_over()
    life.offer(LIU).accept(LIU)
    assert tried(life, LIU) == ContactRefused("L0002", 1, False)


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        (answering.answer, ("a", PRIVATE)),
        (promising.ask, ("a", PRIVATE)),
        (promising.schedule, (START + MINUTE, PRIVATE)),
        (promising.explain_delay, ("a", PRIVATE)),
        (refusing.refuse, ("repeated", None, PRIVATE)),
        (reviewing.correct, ("c", PRIVATE, 3, "理由")),
        (reviewing.correct, ("c", "更正", 3, PRIVATE)),
    ],
)
def test_no_text_that_a_citizen_will_read_may_hold_one(rule: Any, given: tuple[Any, ...]) -> None:
    refused = refusal(met().do, rule, CHEN, *given)
    assert (refused.code, refused.article) == ("invalid", 22) and refused.events


@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("who", Referral("陈律师，加微信：law12345")),
        ("where", Referral("某局", where="找陈律师 微信 law12345")),
        ("phone", Referral("某局", phone="13812345678")),
        ("phone", Referral("某局", phone="010-65123456 或 138 123 45678")),
        ("hours", Referral("某局", hours="先打一三八一二三四五六七八")),
        ("url", Referral("某局", url="https://u.wechat.com/MAbcd")),
    ],
)
def test_a_referral_names_no_private_contact_either(name: str, card: Referral) -> None:
    refused = refusal(met().do, refusing.refuse, CHEN, "out_of_scope", card)
    assert (refused.code, refused.article) == ("invalid", 22) and refused.events
    assert refused.details[0]["path"] == f"$.refer_to.{name}"


@pytest.mark.parametrize("phone", ["12345", "010-65123456", "400-810-1234", "(010) 6512 3456 转 2"])
def test_a_referral_gives_the_telephone_of_an_office(phone: str) -> None:
    assert met().do(refusing.refuse, CHEN, "out_of_scope", Referral("某局", phone=phone))


def test_what_only_the_operator_reads_may_name_a_contact() -> None:
    assert met().do(refusing.refuse, CHEN, "abuse", None, "反复索要 13812345678")
