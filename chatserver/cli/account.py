"""`chatserver account add`: an account for a person."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import Any

from chatserver.cli.reach import opened
from chatserver.cli.stop import Stop, json_option, say, wait_for
from chatserver.clock import Clock
from chatserver.config import Config
from chatserver.rules.categories import CATEGORIES
from chatserver.rules.numbers import STAFF
from chatserver.rules.people import ROLES
from chatserver.store import people

LONGEST = 1024


def add(commands: Any) -> None:
    """Adds the command and its one verb."""
    group = commands.add_parser("account", help="accounts of people")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    verb = verbs.add_parser("add", help="add an account; its password is read from standard input")
    verb.add_argument("--role", required=True, choices=ROLES)
    verb.add_argument("--login", required=True, metavar="NAME", type=_login)
    verb.add_argument("--password-stdin", action="store_true", required=True)
    verb.add_argument("--staff-no", metavar="N", type=_staff_no, help="default: the next free one")
    verb.add_argument("--name", metavar="N", type=line, help="the person's name")
    verb.add_argument("--profession", metavar="P", type=line, help="default: lawyer")
    verb.add_argument("--institution", metavar="I", type=line)
    verb.add_argument(
        "--skills", metavar="A,B", type=_skills, default=(), help="category ids; default: all"
    )
    verb.add_argument(
        "--capacity", metavar="N", type=_capacity, default=5, help="talks at once (%(default)s)"
    )
    json_option(verb)
    verb.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Adds the account and prints what it is called."""
    if given.role == "citizen" and given.staff_no:
        raise Stop("a citizen has no staff number: leave --staff-no out", 2)
    config = Config.load(os.environ)
    return wait_for(_add(config, given, _password()))


async def _add(config: Config, given: argparse.Namespace, password: str) -> int:
    async with opened(config) as database:
        try:
            account, uri = await people.add(
                database,
                role=given.role,
                login=given.login,
                password=password,
                now=Clock().now(),
                name=given.name,
                staff_no=given.staff_no,
                profession=given.profession,
                institution=given.institution,
                skills=given.skills,
                capacity=given.capacity,
            )
        except people.Taken as taken:
            value = given.staff_no if "staff" in str(taken) else given.login
            raise Stop(f"the {taken} {value!r} is taken: choose another") from None
    number = f" with staff number {account.staff_no}" if account.staff_no else ""
    lines = [f"Added {account.role} {account.login}{number}."]
    told: dict[str, Any] = {
        "id": account.id,
        "role": account.role,
        "login": account.login,
        "staff_no": account.staff_no,
    }
    if uri:
        lines.append(f"otpauth_uri {uri}")
        told["otpauth_uri"] = uri
    say(given, "\n".join(lines), **told)
    return 0


def _password() -> str:
    data = sys.stdin.buffer.read(LONGEST + 3)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Stop("the password on standard input is not UTF-8 text", 2) from None
    text = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    if len(text) < people.SHORTEST_PASSWORD:
        raise Stop(
            f"the password on standard input is too short: at least {people.SHORTEST_PASSWORD}"
            " characters",
            2,
        )
    if len(data) > LONGEST or "\0" in text:
        raise Stop(f"the password is not usable: at most {LONGEST} bytes and no NUL", 2)
    return text


def line(text: str) -> str:
    """A name as an argument: one line that can be printed."""
    text = text.strip()
    if not text or len(text) > 100 or not text.isprintable():
        raise argparse.ArgumentTypeError("one line of 1 to 100 characters")
    return text


def _login(text: str) -> str:
    if not 1 <= len(text) <= 64 or not text.isprintable() or re.search(r"\s", text):
        raise argparse.ArgumentTypeError("1 to 64 characters without spaces")
    return text


def _staff_no(text: str) -> str:
    if not STAFF.fullmatch(text):
        raise argparse.ArgumentTypeError("a capital letter and four to six digits, such as L0017")
    return text


def _skills(text: str) -> tuple[str, ...]:
    skills = tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    for one in skills:
        if one not in CATEGORIES:
            known = ", ".join(CATEGORIES)
            raise argparse.ArgumentTypeError(f"{one!r} is not a category; these are: {known}")
    return skills


def _capacity(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 to 999")
    return int(text)
