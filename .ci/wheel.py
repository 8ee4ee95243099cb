"""Builds the wheel, installs it in a clean environment, and shows that it serves as the checkout does."""

import contextlib
import json
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
from typing import Any

HERE = Path(__file__).resolve().parent.parent
PAGES = (
    *("/consult", "/lawyer", "/healthz", "/readyz", "/", "/login", "/widget.js", "/api/docs"),
    *("/api/v1/openapi.json", "/api/v1/asyncapi.json", "/api/v1/categories", "/api/v1/nowhere"),
)
#: What differs from one answer to the next: nonces, tokens, ids, the port.
PASSING = re.compile(
    rb'nonce-[^\' "]+|nonce="[^"]+"|(?:content|value)="[^"]{20,}"|127\.0\.0\.1:\d+'
)


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
def served(program: Path, data: Path, empty: Path) -> Iterator[dict[str, Any]]:
    """A demo by this program, started in an empty folder: what it told when it was ready."""
    command = [program, "demo", "--port", "0", "--json", "--data", data]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=empty) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield json.loads(line)
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
    if status != 0:
        raise SystemExit(f"{program} ended with status {status}")


def signed_in(demo: dict[str, Any], role: str) -> str:
    """The cookie of the first account of the role."""
    account = next(one for one in demo["accounts"] if one["role"] == role)
    body = json.dumps({"login": account["login"], "password": account["password"]}).encode()
    request = urllib.request.Request(f"{demo['url']}/api/v1/sessions", body)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as response:
        return "; ".join(one.split(";")[0] for one in response.headers.get_all("Set-Cookie", []))


def answer(url: str, cookie: str) -> tuple[int, str, bytes]:
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    try:
        response = urllib.request.build_opener(Told).open(request, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        kind = response.headers.get("Content-Type", "")
        return response.status, kind, PASSING.sub(b"...", response.read())


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
        program = install(folder / "clean", wheel)
        empty = folder / "empty"
        empty.mkdir()
        answers = []
        for one in (Path(sys.executable).with_name("chatserver"), program):
            with served(one, folder / f"data{len(answers)}", empty) as demo:
                cookies = {role: signed_in(demo, role) for role in ("citizen", "lawyer")}
                pages = [(page, "") for page in PAGES]
                pages += [("/consult", cookies["citizen"]), ("/lawyer", cookies["lawyer"])]
                answers.append({page: answer(demo["url"] + page, cookie) for page, cookie in pages})
        checkout, installed = answers
        wrong = [page for page in PAGES if checkout[page] != installed[page]]
        for page in PAGES:
            status, kind, body = installed[page]
            told = "DIFFERS from the checkout's" if page in wrong else "as the checkout's"
            print(f"{page}: {status} {kind}, {len(body)} bytes, {told}")
        broken = [page for page in PAGES if installed[page][0] >= 500]
        if list(empty.iterdir()):
            print("the server left files in the folder it was started in")
            return 1
        seen = installed["/consult"][0] == installed["/lawyer"][0] == 200
        return 0 if seen and not wrong and not broken else 1


if __name__ == "__main__":
    sys.exit(main())
