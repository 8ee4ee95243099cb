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

HERE = Path(__file__).resolve().parent.parent
PAGES = (
    *("/healthz", "/readyz", "/", "/consult", "/login", "/lawyer", "/widget.js", "/api/docs"),
    *("/api/v1/openapi.json", "/api/v1/asyncapi.json", "/api/v1/categories", "/api/v1/nowhere"),
)
#: What differs from one answer to the next: nonces, tokens, ids, the port.
PASSING = re.compile(rb'nonce-[^\' "]+|nonce="[^"]+"|content="[^"]{20,}"|127\.0\.0\.1:\d+')


class Told(urllib.request.HTTPRedirectHandler):
    """Redirects are answers, not to be followed."""

    def redirect_request(self, *_: object) -> None:
        return None


@contextlib.contextmanager
def served(program: Path, data: Path, empty: Path) -> Iterator[str]:
    """A demo by this program, started in an empty folder."""
    command = [program, "demo", "--port", "0", "--json", "--data", data]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=empty) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield json.loads(line)["url"]
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
    if status != 0:
        raise SystemExit(f"{program} ended with status {status}")


def answer(url: str) -> tuple[int, str, bytes]:
    try:
        response = urllib.request.build_opener(Told).open(url, timeout=20)
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
    lock = HERE / "requirements.lock"
    subprocess.run([*pip, "--quiet", "--require-hashes", "-r", lock], check=True)
    subprocess.run([*pip, "--quiet", "--no-deps", wheel], check=True)
    return folder / "bin" / "chatserver"


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="chatserver-wheel-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
        subprocess.run([*build, HERE], check=True, stdout=subprocess.DEVNULL)
        (wheel,) = folder.glob("*.whl")
        print(f"{wheel.name}: {wheel.stat().st_size / 1024:.0f} KB")
        program = install(folder / "clean", wheel)
        empty = folder / "empty"
        empty.mkdir()
        answers = []
        for one in (Path(sys.executable).with_name("chatserver"), program):
            with served(one, folder / f"data{len(answers)}", empty) as url:
                answers.append({page: answer(url + page) for page in PAGES})
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
        return 1 if wrong or broken or installed["/consult"][0] != 200 else 0


if __name__ == "__main__":
    sys.exit(main())
