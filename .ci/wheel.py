"""Builds the wheel, installs it in a clean environment, and shows that it serves as the checkout does."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent.parent
PAGES = (
    *("/consult", "/lawyer", "/healthz", "/readyz", "/", "/login", "/widget.js", "/api/docs"),
    *("/api/v1/openapi.json", "/api/v1/asyncapi.json", "/api/v1/categories", "/api/v1/nowhere"),
)
#: What differs from one answer to the next: nonces, tokens, ids, the port.
PASSING = re.compile(
    rb'nonce-[^\' "]+|nonce="[^"]+"|(?:content|value|data-signed-in)="[^"]{20,}"|127\.0\.0\.1:\d+'
)


class Program(NamedTuple):
    """How `chatserver` is called: as words, with the environment."""

    words: tuple[object, ...]
    environ: dict[str, str]

    def says(self, *arguments: str, cwd: Path) -> bytes:
        """What a command prints."""
        return subprocess.check_output([*self.words, *arguments], cwd=cwd, env=self.environ)


class Told(urllib.request.HTTPRedirectHandler):
    """Redirects are answers, not to be followed."""

    def redirect_request(self, *_: object) -> None:
        return None


def quietly(*command: object) -> None:
    """Runs it; what it said is shown only if it failed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


@contextlib.contextmanager
def served(program: Program, data: Path, empty: Path) -> Iterator[dict[str, Any]]:
    """A demo by this program, started in an empty folder: what it told when it was ready."""
    command = [*program.words, "demo", "--port", "0", "--json", "--data", data]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=empty, env=program.environ)
    with started as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield json.loads(line)
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
    if status != 0:
        raise SystemExit(f"{program.words[0]} ended with status {status}")


def signed_in(demo: dict[str, Any], role: str) -> str:
    """The cookie of the first account of the role."""
    account = next(one for one in demo["accounts"] if one["role"] == role)
    body = json.dumps({"login": account["login"], "password": account["password"]}).encode()
    request = urllib.request.Request(f"{demo['url']}/api/v1/sessions", body)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as response:
        return "; ".join(one.split(";")[0] for one in response.headers.get_all("Set-Cookie", []))


def answer(url: str, cookie: str = "", body: bytes | None = None) -> tuple[int, str, bytes]:
    request = urllib.request.Request(url, body, headers={"Cookie": cookie} if cookie else {})
    try:
        response = urllib.request.build_opener(Told).open(request, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        kind = response.headers.get("Content-Type", "")
        return response.status, kind, PASSING.sub(b"...", response.read())


def scripts(url: str, page: bytes) -> dict[str, tuple[int, str, bytes]]:
    """The scripts and styles that a page names by the hash of what is in them, and what they say."""
    named = re.findall(rb'"(/static/dist/[^"]+-[A-Za-z0-9]{8,10}\.(?:js|css))"', page)
    return {one: answer(url + one) for one in sorted({name.decode() for name in named})}


def connected(url: str) -> tuple[str, Any]:
    """What Engine.IO offers to a poll, and the error object that refuses a CONNECT without a token."""
    polling = f"{url}/socket.io/?EIO=4&transport=polling"
    status, _, opened = answer(polling)
    if status != 200 or opened[:1] != b"0":
        raise SystemExit(f"no Engine.IO handshake at {polling}: {status} {opened[:200]!r}")
    told = json.loads(opened[1:])
    session = f"{polling}&sid={told.pop('sid')}"
    answer(session, body=b"40/citizen,")
    _, _, refused = answer(session)
    if not refused.startswith(b"44/citizen,"):
        raise SystemExit(f"a CONNECT without a token was not refused: {refused[:200]!r}")
    error = json.loads(refused.removeprefix(b"44/citizen,"))["data"]
    if error["code"] != "unauthenticated" or not error["message"]:
        raise SystemExit(f"a CONNECT without a token was refused with {error}")
    return told, error


def install(folder: Path, wheel: Path) -> Path:
    uv = shutil.which("uv")
    venv.create(folder, with_pip=not uv)
    python = folder / "bin" / "python"
    pip = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    quietly(*pip, "--require-hashes", "-r", HERE / "requirements.lock")
    quietly(*pip, "--no-deps", wheel)
    return folder / "bin" / "chatserver"


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="chatserver-wheel-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
        quietly(*build, HERE)
        (wheel,) = folder.glob("*.whl")
        print(f"{wheel.name}: {wheel.stat().st_size / 1024:.0f} KB")
        bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        here = Program((sys.executable, "-m", "chatserver"), bare | {"PYTHONPATH": str(HERE)})
        there = Program((install(folder / "clean", wheel),), bare)
        empty = folder / "empty"
        empty.mkdir()
        answers: list[dict[str, Any]] = []
        for one in (here, there):
            with served(one, folder / f"data{len(answers)}", empty) as demo:
                url = demo["url"]
                cookies = {role: signed_in(demo, role) for role in ("citizen", "lawyer")}
                pages = [(page, "") for page in PAGES]
                pages += [("/consult", cookies["citizen"]), ("/lawyer", cookies["lawyer"])]
                seen: dict[str, Any] = {page: answer(url + page, cookie) for page, cookie in pages}
                seen["scripts"] = scripts(url, seen["/consult"][2] + seen["/lawyer"][2])
                seen["socket"] = connected(url)
            seen["articles"] = one.says("articles", "--json", cwd=empty)
            answers.append(seen)
        checkout, installed = answers
        wrong = [what for what in checkout if checkout[what] != installed[what]]
        for page in PAGES:
            status, kind, body = installed[page]
            told = "DIFFERS from the checkout's" if page in wrong else "as the checkout's"
            print(f"{page}: {status} {kind}, {len(body)} bytes, {told}")
        for what in ("scripts", "socket", "articles"):
            told = "DIFFER from the checkout's" if what in wrong else "as the checkout's"
            print(f"{what}: {len(installed[what])}, {told}")
        broken = [page for page in PAGES if installed[page][0] >= 500]
        if list(empty.iterdir()):
            print("the server left files in the folder it was started in")
            return 1
        there_are = installed["scripts"] and all(
            one[0] == 200 for one in installed["scripts"].values()
        )
        shown = installed["/consult"][0] == installed["/lawyer"][0] == 200
        return 0 if shown and there_are and not wrong and not broken else 1


if __name__ == "__main__":
    sys.exit(main())
