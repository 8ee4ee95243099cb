"""The log: one line a record, and bounded."""

from __future__ import annotations

import json
import logging
import sys

from chatserver.cli.logs import BURST, Bounded, Lines


def record(message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("chatserver.x", logging.ERROR, __file__, 1, message, args, None)


def test_a_record_is_one_line_of_json_whatever_it_holds() -> None:
    try:
        raise ValueError("a\nb")
    except ValueError:
        told = record("失败 %s", "x\ny")
        told.exc_info = sys.exc_info()
    line = Lines().format(told)
    assert "\n" not in line
    assert json.loads(line)["message"] == "失败 x\ny"
    assert "ValueError" in json.loads(line)["trace"]


def test_one_kind_of_record_cannot_fill_the_disk() -> None:
    bounded = Bounded()
    written = sum(bounded.filter(record("again %d", n)) for n in range(1000))
    assert written == BURST
    assert bounded.filter(record("something else"))
