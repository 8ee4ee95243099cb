"""The people of all tests. Nobody here exists; Zhao Wu has no part in anything and must never see a thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """An account of the test database. `password` is the log-in twice."""

    login: str
    role: str
    name: str
    staff_no: str | None = None
    profession: str | None = None
    skills: tuple[str, ...] = ()
    capacity: int = 5
    agreed: bool = True

    @property
    def password(self) -> str:
        return self.login * 2


WANG = Person("wang", "citizen", "王芳")
LI = Person("lili", "citizen", "李强")
SUN = Person("sunny", "citizen", "孙敏", agreed=False)
ZHAO = Person("zhaowu", "citizen", "赵五")
CHEN = Person("chen", "lawyer", "陈静", "L0001", "lawyer")
LIU = Person("liuy", "lawyer", "刘洋", "L0002", "notary", ("family", "inheritance"))
ZHOU = Person("zhou", "lawyer", "周涛", "L0003", "mediator", ("labour",), capacity=1)
QIAN = Person("qian", "expert", "钱教授", "E0001", "lawyer")
HUANG = Person("huang", "backoffice", "黄梅", "S0001")
FENG = Person("feng", "operator", "冯刚", "S0002")
TANG = Person("tang", "supervisor", "唐丽", "S0003")
HE = Person("hemin", "admin", "何敏", "S0004")

EVERYBODY = (WANG, LI, SUN, ZHAO, CHEN, LIU, ZHOU, QIAN, HUANG, FENG, TANG, HE)
