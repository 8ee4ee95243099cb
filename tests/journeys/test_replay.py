"""The replay of questions over a running server: everyone asks, is answered, and the report counts them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from chatserver.config import Config
from tests.clients import running

QUESTIONS = (
    ("公司两个月没有发工资，应当向哪里反映？", "可以向劳动监察大队投诉，或者申请劳动仲裁。"),
    ("房东不退押金怎么办？", "先书面催告，协商不成的可以起诉。"),
    ("网上买到假货，商家不肯退款。", "可以拨打12315投诉，也可以要求平台先行赔付。"),
    ("父亲去世没有留遗嘱，房子怎么分？", "按法定继承，第一顺序继承人等额继承。"),
    ("邻居装修把墙砸坏了，找谁赔偿？", "请先固定证据，要求侵权人恢复原状或者赔偿。"),
)


def written(folder: Path) -> Path:
    """The questions as the file that the replay reads."""
    file = folder / "questions.jsonl"
    rows = [
        {"question": question, "answers": [answer], "answer_origin": "HUMAN", "category": ""}
        for question, answer in QUESTIONS
    ]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return file


async def test_questions_are_asked_answered_and_counted(
    config: Config, dsn: str, tmp_path: Path
) -> None:
    file = written(tmp_path)
    given = ("--questions", "5", "--lawyers", "2", "--hours", "0.2", "--speed", "600", "--json")
    quick = replace(config, offer_timeout=timedelta(seconds=1))
    async with running(quick, dsn) as server:
        replay = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.replay", str(file), "--url", server.url, *given),
            env=os.environ | {"DATABASE_URL": dsn},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        told, trouble = await asyncio.wait_for(replay.communicate(), 120)
    assert replay.returncode == 0, trouble.decode()
    report = json.loads(told)
    assert [report[name] for name in ("asked", "accepted", "answered", "deadlines_met")] == [5] * 4
    assert report["outcomes"] == {"answered": 5} and report["failures"] == {}
    assert report["wait"]["longest"] <= report["answer"]["longest"]
    connection = await asyncpg.connect(dsn)
    closed = await connection.fetch("select outcome from tickets")
    await connection.close()
    assert [row["outcome"] for row in closed] == ["answered"] * 5


@pytest.mark.slow
async def test_a_small_day_keeps_or_passes_on_every_promise(tmp_path: Path) -> None:
    """With a demo of its own, whose time-outs are as short as the day is fast."""
    given = ("--questions", "5", "--lawyers", "2", "--experts", "1", "--hours", "0.3")
    replay = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.replay", str(written(tmp_path)), "--day", "--json", *given),
        *("--speed", "1200", "--data", str(tmp_path / "data")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, trouble = await asyncio.wait_for(replay.communicate(), 120)
    assert replay.returncode == 0, trouble.decode()
    report = json.loads(told)
    assert (report["asked"], report["between"], report["failures"]) == (5, 0, {})
    ended = [count for clock in report["promises"].values() for count in clock.values()]
    assert report["kinds"]["live"] + report["kinds"]["message"] == 5 <= sum(ended)
