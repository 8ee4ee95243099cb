"""The commands as people and programs run them: real processes, real databases."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatserver.rules.people import ROLES
from chatserver.store.embedded import embedded
from tests.commands import forge
from tests.conftest import IN_MEMORY

#: They share a database that is kept running.
pytestmark = pytest.mark.xdist_group("cli")
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("CHATSERVER_")
    and name not in ("DATABASE_URL", "REDIS_URL", "HOST", "PORT", "PUBLIC_URL", "LOG_LEVEL")
}


@pytest.fixture(scope="module")
def alone() -> Iterator[Path]:
    """A data folder with nothing in it."""
    # Not pytest's own folder: that is 0700, so that root's stand-in could not reach it.
    folder = Path(tempfile.mkdtemp(prefix="chatserver-test-", dir=os.environ.get(IN_MEMORY)))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def data(alone: Path) -> Iterator[Path]:
    """The same with its database kept running, as beside a server: commands join it and leave it."""
    with asyncio.Runner() as runner:
        holding = embedded(alone)
        runner.run(holding.__aenter__())
        yield alone
        runner.run(holding.__aexit__(None, None, None))


def chatserver(
    *arguments: str, data: Path | None = None, given: str | bytes = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """A finished command."""
    done = forge().run(
        arguments,
        given if isinstance(given, bytes) else given.encode(),
        CLEAN | ({"CHATSERVER_DATA": str(data)} if data else {}) | environ,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def told(done: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    """It ended with the status and one line that holds the words."""
    assert done.returncode == status, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr


def account(*arguments: str, data: Path, given: str | bytes = "correct horse\n") -> Any:
    return chatserver("account", "add", "--password-stdin", *arguments, data=data, given=given)


def test_help_tells_all_commands() -> None:
    done = chatserver("--help")
    assert done.returncode == 0
    for command in (
        "demo",
        "serve",
        "migrate",
        "account",
        "institution",
        "import",
        "articles",
        "verify",
        "config",
    ):
        assert re.search(rf"^ +{command}\b", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            [],
            ["dance"],
            ["account"],
            ["account", "add"],
            ["serve", "--fast"],
            ["demo", "--port", "x"],
        ),
        *(["institution"], ["institution", "add"], ["institution", "add", "--name", " "]),
    ],
)
def test_wrong_use_is_told_in_one_line(arguments: list[str]) -> None:
    told(chatserver(*arguments), 2)


@pytest.mark.parametrize("command", ["serve", "demo", "migrate", "config"])
def test_a_bad_setting_stops_the_start(command: str) -> None:
    done = chatserver(command, CHATSERVER_OFFER_TIMEOUT="30")
    told(done, 2, "CHATSERVER_OFFER_TIMEOUT", "'30'", "90s, 30m, 5h, 3d or 2y")


@pytest.mark.parametrize("host", ["a..b", "nosuch.invalid", "203.0.113.1"])
def test_an_address_that_is_not_this_machine_s_stops_the_start(host: str) -> None:
    told(chatserver("serve", HOST=host), 2, f"HOST='{host}'", "expected an address")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_fault(closed: str) -> None:
    line = f'exec "{sys.executable}" -m chatserver articles {closed}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_called_that() -> None:
    line = f'exec "{sys.executable}" -m chatserver articles >/dev/full'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "disk is full" in done.stderr


def test_the_settings_are_shown_with_their_origin_and_without_secrets() -> None:
    given = {"DATABASE_URL": "postgresql://u:s3cret@h/d", "CHATSERVER_WARN_AT": "0.7"}
    done = chatserver("config", **given)
    assert done.returncode == 0
    assert re.search(r"^CHATSERVER_WARN_AT=0\.7 +# environment$", done.stdout, re.MULTILINE)
    assert re.search(r"^PORT=8080 +# default$", done.stdout, re.MULTILINE)
    assert "s3cret" not in done.stdout
    shown = json.loads(chatserver("config", "--json", **given).stdout)
    assert shown["CHATSERVER_WARN_AT"] == {"value": "0.7", "origin": "environment"}


def test_the_table_of_articles_has_all_thirty_seven() -> None:
    table = json.loads(chatserver("articles", "--json").stdout)["articles"]
    assert [entry["article"] for entry in table] == list(range(1, 38))
    assert all(entry["status"] != "missing" for entry in table)
    assert "第23条" in chatserver("articles").stdout


def test_migrating_twice_changes_nothing(alone: Path) -> None:
    """The first command starts a database of its own, and each puts it away."""
    chatserver("migrate", data=alone)
    assert not (alone / "postgres.socket").exists()
    done = chatserver("migrate", "--json", data=alone)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"applied": []})
    assert chatserver("migrate", data=alone).stdout.count("\n") == 1


def test_accounts_get_the_next_staff_number_and_a_second_factor(data: Path) -> None:
    for role, number in (("lawyer", r"L\d{4}"), ("expert", r"E\d{4}"), ("admin", r"S\d{4}")):
        done = account("--role", role, "--login", f"a {role}".replace(" ", "-"), data=data)
        assert done.returncode == 0, done
        assert re.search(rf"staff number {number}\b", done.stdout)
        assert re.search(r"^otpauth_uri otpauth://totp/\S+$", done.stdout, re.MULTILINE)
    options = ["--staff-no", "L0717", "--skills", "labour,family", "--capacity", "2"]
    done = account("--role", "lawyer", "--login", "王律师", *options, "--json", data=data)
    added = json.loads(done.stdout)
    assert (added["staff_no"], added["login"]) == ("L0717", "王律师")
    assert added["otpauth_uri"].startswith("otpauth://")
    citizen = json.loads(account("--role", "citizen", "--login", "c1", "--json", data=data).stdout)
    assert citizen["staff_no"] is None
    assert "otpauth_uri" not in citizen


def test_the_help_of_an_import_tells_what_a_line_holds() -> None:
    said = " ".join(chatserver("import", "--help").stdout.split())
    assert 'calendar {"id": "2026-10-01", "works": false, "name": "国庆节"}' in said
    assert "schema CalendarDay" in said and "/api/v1/openapi.json" in said


def test_a_calendar_is_imported_and_its_bad_lines_are_told_and_skipped(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "2027.jsonl"
    good = '{"id": "2027-01-01", "works": false, "name": "元旦"}'
    bad = ["x", '{"id": "2027-02-30", "works": false}', '{"id": "2027-01-02", "works": 1}']
    file.write_text("\n".join([good, bad[0], "", *bad[1:], good]) + "\n", "utf-8")
    done = chatserver("import", "calendar", str(file), "--json", data=data)
    assert done.returncode == 0, done
    told_so = json.loads(done.stdout)
    assert (told_so["imported"], told_so["years"], told_so["recomputed"]) == (1, [], 0)
    assert told_so["incomplete"] == [2027]
    assert [one["line"] for one in told_so["skipped"]] == [2, 4, 5]
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == ["2", "4", "5"]
    again = chatserver("import", "calendar", str(file), data=data)
    assert again.returncode == 0 and "Loaded 1 days of 2027, skipped 3 lines" in again.stdout
    assert "Not announced by it, since lines are missing: 2027." in again.stdout
    file.write_text(good + "\n", "utf-8")
    whole = chatserver("import", "calendar", str(file), data=data)
    assert whole.returncode == 0 and "Loaded 1 days of 2027, skipped 0 lines" in whole.stdout
    assert "nnounced" not in whole.stdout


def test_a_file_without_a_good_line_or_none_at_all_loads_nothing(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text("{}\n", "utf-8")
    assert chatserver("import", "calendar", str(file), data=data).returncode == 1
    told(chatserver("import", "calendar", str(tmp_path / "none"), data=data), 1, "cannot be read")
    told(chatserver("import", "weather", str(file), data=data), 2, "weather")


def test_an_institution_is_added_once(data: Path) -> None:
    added = chatserver("institution", "add", "--name", "城东律师事务所", "--json", data=data)
    assert added.returncode == 0 and set(json.loads(added.stdout)) == {"id", "name"}
    told(
        chatserver("institution", "add", "--name", "城东律师事务所", data=data), 1, "城东律师事务所"
    )
    other = chatserver("institution", "add", "--name", "城西公证处", data=data)
    assert other.returncode == 0 and other.stdout.startswith("Added institution 城西公证处")


def test_what_is_taken_is_told(data: Path) -> None:
    account("--role", "lawyer", "--login", "taken", "--staff-no", "L0800", data=data)
    told(account("--role", "citizen", "--login", "taken", data=data), 1, "'taken'")
    told(account("--role", "citizen", "--login", "Taken", data=data), 1, "'Taken'")
    told(account("--role", "lawyer", "--login", "t2", "--staff-no", "L0800", data=data), 1, "L0800")


@pytest.mark.parametrize(
    ("arguments", "password"),
    [
        (["--role", "citizen", "--login", "x"], "1234567\n"),
        (["--role", "citizen", "--login", "x"], b"\xff\xfe12345678"),
        (["--role", "citizen", "--login", "x"], "12345678\0"),
        (["--role", "citizen", "--login", "x"], "1" * 5000),
        (["--role", "king", "--login", "x"], "12345678"),
        (["--role", "citizen", "--login", "a b"], "12345678"),
        (["--role", "citizen", "--login", ""], "12345678"),
        (["--role", "citizen", "--login", "x", "--staff-no", "L0001"], "12345678"),
        (["--role", "lawyer", "--login", "x", "--staff-no", "0001"], "12345678"),
        (["--role", "lawyer", "--login", "x", "--skills", "cooking"], "12345678"),
        (["--role", "lawyer", "--login", "x", "--capacity", "0"], "12345678"),
        (["--role", "lawyer", "--login", "x", "--capacity", "many"], "12345678"),
    ],
)
def test_a_bad_account_is_wrong_use(
    data: Path, arguments: list[str], password: str | bytes
) -> None:
    told(account(*arguments, data=data, given=password), 2)


def test_eight_characters_are_enough_and_one_newline_is_dropped(data: Path) -> None:
    assert (
        account(
            "--role", "citizen", "--login", "八", data=data, given="密码密码密码密码\r\n"
        ).returncode
        == 0
    )
    told(
        account("--role", "citizen", "--login", "七", data=data, given="密码密码密码密\n"),
        2,
        "8 characters",
    )


def test_a_database_that_is_away_is_told() -> None:
    done = chatserver("migrate", DATABASE_URL="postgresql://u:s3cret@127.0.0.1:1/d")
    told(done, 1, "database")
    assert "s3cret" not in done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.status)


def signed_in(url: str, login: str, password: str) -> int:
    body = json.dumps({"login": login, "password": password}).encode()
    wish = urllib.request.Request(
        f"{url}/api/v1/sessions", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(wish, timeout=10) as answer:
        return int(answer.status)


def start(*arguments: str, data: Path, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "chatserver", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=CLEAN | {"CHATSERVER_DATA": str(data)} | environ,
    )


def stop(process: subprocess.Popen[str], how: int = signal.SIGTERM) -> tuple[str, str]:
    began = time.monotonic()
    process.send_signal(how)
    rest = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    assert time.monotonic() - began < 12
    assert "Traceback" not in rest[1]
    return rest


def ready(process: subprocess.Popen[str]) -> list[str]:
    """The lines of standard output up to `Ready: URL`."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith("Ready: "):
            return lines
    raise AssertionError(process.communicate())


def test_the_demo_prints_every_account_and_then_its_address(data: Path) -> None:
    # A blank variable counts as unset: the second factor stays optional, so that everyone printed gets in.
    blank = {"CHATSERVER_STAFF_OTP": "", "DATABASE_URL": " "}
    process = start("demo", "--port", str(free_port()), data=data, **blank)
    lines = ready(process)
    accounts = [line.split() for line in lines[:-1]]
    assert {role for role, _, _ in accounts} == set(ROLES)
    assert sum(role == "citizen" for role, _, _ in accounts) >= 2
    assert sum(role == "lawyer" for role, _, _ in accounts) >= 3
    url = lines[-1].removeprefix("Ready: ")
    assert get(f"{url}/healthz") == 200
    _, login, password = next(one for one in accounts if one[0] == "lawyer")
    assert signed_in(url, login, password) == 201
    # Other commands work beside it, on the same database.
    assert account("--role", "citizen", "--login", "beside", data=data).returncode == 0
    stop(process)
    kept = data / "demo-accounts.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    process = start("demo", "--port", "0", "--json", data=data)
    assert process.stdout is not None
    again = json.loads(process.stdout.readline())
    assert [[one["role"], one["login"], one["password"]] for one in again["accounts"]] == accounts
    numbers = [one["staff_no"] for one in again["accounts"] if one["role"] != "citizen"]
    assert len(set(numbers)) == len(numbers)
    assert None not in numbers
    assert get(f"{again['url']}/healthz") == 200
    out, _ = stop(process, signal.SIGINT)
    assert out == ""


def test_the_demo_is_for_this_machine_only() -> None:
    for host in ("0.0.0.0", "::", "192.168.1.7", "example.org"):
        told(chatserver("demo", HOST=host), 2, "HOST", host)


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_taken_port_is_told(command: str, data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told(chatserver(command, data=data, PORT=port), 1, port, "taken", "PORT=")


def test_serve_says_when_it_is_ready_and_ends_when_told(data: Path) -> None:
    process = start("serve", data=data, PORT="0")
    url = ready(process)[-1].removeprefix("Ready: ")
    assert get(f"{url}/readyz") == 200
    stop(process)


def test_an_archive_that_holds_is_told_so(data: Path) -> None:
    done = chatserver("verify", data=data)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert json.loads(chatserver("verify", "--all", "--json", data=data).stdout)["holds"] is True
    told(chatserver("verify", "BJ20261123-000042-6", data=data), 2, "not a ticket number")
    told(chatserver("verify", "BJ20200101-000001-1", data=data), 1, "no ticket")


def test_an_old_schema_stops_a_command_on_a_database_of_ones_own(data: Path) -> None:
    sockets = json.loads((data / "postgres.socket").read_text())["sockets"]
    url = f"postgresql://chatserver@/empty?host={sockets}&port=5432"
    create = (
        "import asyncio, asyncpg, sys\n"
        "async def main():\n"
        "    c = await asyncpg.connect(sys.argv[1], database='postgres')\n"
        "    await c.execute('create database empty template template0')\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", create, url], check=True)
    told(chatserver("serve", DATABASE_URL=url, PORT="0"), 1, "chatserver migrate")
    told(chatserver("verify", DATABASE_URL=url), 1, "chatserver migrate")
    assert chatserver("migrate", DATABASE_URL=url).returncode == 0
    own = start("serve", data=data, DATABASE_URL=url, PORT="0")
    assert get(ready(own)[-1].removeprefix("Ready: ") + "/readyz") == 200
    stop(own)
