"""Who acts: resolved once at log-in or connect, never an id string or a dict afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .articles import Refused

#: Roles of accounts, in the contract's order.
ROLES = (
    "citizen",
    "lawyer",
    "expert",
    "backoffice",
    "editor",
    "operator",
    "supervisor",
    "admin",
)
STAFF_ROLES = ROLES[1:]
PROFESSIONS = ("lawyer", "notary", "mediator", "appraiser", "legal_aid")


@dataclass(frozen=True)
class Account:
    """One person's account. `skills` are category ids; an empty set means all of them."""

    id: str
    login: str
    role: str
    name: str | None = None
    staff_no: str | None = None
    profession: str | None = None
    institution: str | None = None
    skills: frozenset[str] = frozenset()
    capacity: int = 5
    review: str = "verified"
    blocked_until: datetime | None = None


@dataclass(frozen=True)
class Citizen:
    """用户 (6)."""

    account: str
    verified: bool = True
    agreed: bool = False
    blocked_until: datetime | None = None
    blocked_reason: str | None = None
    #: The ticket whose finding blocks, where the appeal is made.
    blocked_by: str | None = None
    kind: str = field(default="citizen", init=False)
    pseudonym: str = field(default="citizen", init=False)


@dataclass(frozen=True)
class _Numbered:
    """`pseudonym` is the staff number, the only name a citizen ever sees (22)."""

    account: str
    staff_no: str

    @property
    def pseudonym(self) -> str:
        return self.staff_no


@dataclass(frozen=True)
class Lawyer(_Numbered):
    """驻场人员 (17)."""

    profession: str
    institution: str | None = None
    kind: str = field(default="staff", init=False)


@dataclass(frozen=True)
class Expert(_Numbered):
    """专家组成员 (7, 26, 27). The house is told, since nobody of the panel judges the own one."""

    profession: str
    institution: str | None = None
    kind: str = field(default="expert", init=False)


@dataclass(frozen=True)
class Staff(_Numbered):
    """Back office, editor, operator, supervisor, administrator."""

    role: str
    kind: str = field(default="staff", init=False)


@dataclass(frozen=True)
class System:
    """The clock and the router: what nobody does by hand."""

    account: str = ""
    kind: str = field(default="system", init=False)
    pseudonym: str = field(default="system", init=False)


SYSTEM = System()
Actor = Citizen | Lawyer | Expert | Staff | System


def actor_of(account: Account, *, agreed: bool = False) -> Actor:
    """The actor that an account stands for. `agreed`: has accepted the present service agreement (35)."""
    if account.role == "citizen":
        return Citizen(account.id, account.review == "verified", agreed, account.blocked_until)
    staff_no = account.staff_no
    if staff_no is None:
        raise Refused("forbidden")
    if account.role == "lawyer":
        return Lawyer(
            account.id, staff_no, account.profession or "lawyer", account.institution or None
        )
    if account.role == "expert":
        return Expert(
            account.id, staff_no, account.profession or "lawyer", account.institution or None
        )
    return Staff(account.id, staff_no, account.role)
