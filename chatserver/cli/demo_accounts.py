"""The demo's people: one at least of every role, with passwords of this data folder alone."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatserver.clock import Clock
from chatserver.rules.articles import Refused
from chatserver.store import people
from chatserver.store.database import Database

FILE = "demo-accounts.json"
#: None that is taken for another when read aloud; 14 of them are 68 bits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Person:
    """Someone invented."""

    role: str
    login: str
    name: str
    profession: str | None = None
    institution: str | None = None
    skills: tuple[str, ...] = ()


PEOPLE = (
    Person("citizen", "citizen1", "王芳"),
    Person("citizen", "citizen2", "李强"),
    Person("citizen", "citizen3", "赵敏"),
    Person("lawyer", "lawyer1", "陈静", "lawyer", "示范律师事务所"),
    Person(
        "lawyer", "lawyer2", "刘洋", "notary", "示范公证处",
        ("inheritance", "family", "property", "housing"),
    ),
    Person(
        "lawyer", "lawyer3", "周敏", "mediator", "示范人民调解委员会",
        ("labour", "consumer", "contract", "property", "traffic"),
    ),
    Person("expert", "expert1", "孙教授", "lawyer"),
    Person("backoffice", "backoffice1", "吴倩", None, "示范律师事务所"),
    Person("editor", "editor1", "郑涛"),
    Person("operator", "operator1", "冯丽"),
    Person("supervisor", "supervisor1", "何处长"),
    Person("admin", "admin1", "马工"),
)  # fmt: skip


async def demo_accounts(database: Database, data: Path) -> list[dict[str, Any]]:
    """`{role, login, password, staff_no}` of everyone, made at the first start and kept in the folder.

    The passwords are on disk before the accounts are made, so that a crash in between loses none.
    """
    file = data / FILE
    kept = _read(file)
    new = [one for one in PEOPLE if one.login not in kept]
    for one in new:
        kept[one.login] = {
            "role": one.role,
            "login": one.login,
            "password": "".join(map(secrets.choice, [LETTERS] * 14)),
            "staff_no": None,
        }
    if new:
        _write(file, kept)
    told = []
    for one in PEOPLE:
        entry = kept[one.login]
        if one in new or (entry["staff_no"] is None and one.role != "citizen"):
            if not await _add(database, one, entry):
                continue
            _write(file, kept)
        told.append(entry)
    return told


async def demo_directory(database: Database) -> None:
    """The houses of the demo's people in the public directory, which knows nothing of the people."""
    for house in {one.institution for one in PEOPLE if one.institution}:
        with contextlib.suppress(people.Taken):
            await people.add_institution(database, house)


async def _add(database: Database, one: Person, entry: dict[str, Any]) -> bool:
    """Adds the person; False if someone else has the log-in."""
    now = Clock().now()
    try:
        account, _ = await people.add(
            database,
            role=one.role,
            login=one.login,
            password=entry["password"],
            now=now,
            name=one.name,
            profession=one.profession,
            institution=one.institution,
            skills=one.skills,
        )
    except people.Taken:
        try:
            account = await people.sign_in(
                database, one.login, entry["password"], None, now, otp_required=False
            )
        except Refused:
            print(f"{one.login} exists already with a password of its own.", file=sys.stderr)
            return False
    entry["staff_no"] = account.staff_no
    return True


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        return {entry["login"]: entry for entry in json.loads(file.read_text("utf-8"))}
    except FileNotFoundError:
        return {}


def _write(file: Path, kept: dict[str, dict[str, Any]]) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as out:
        json.dump(list(kept.values()), out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(file)
