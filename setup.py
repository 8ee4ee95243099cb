"""What setup.cfg cannot say: `sql/` and `web/` lie beside the package, and go inside it in a wheel; so does the
table of the tests, which themselves stay outside."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
WEB = HERE / "web"
SERVED = ("templates", "static", "locale", "dist")


def build_front_end() -> None:
    """Builds web/dist with npm; without npm an already built one will do."""
    npm = shutil.which("npm")
    if npm and (WEB / "package.json").exists() and not os.environ.get("CHATSERVER_WEB_IS_BUILT"):
        if not (WEB / "node_modules").is_dir():
            subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=WEB, check=True)
        subprocess.run([npm, "run", "build"], cwd=WEB, check=True)
    if not (WEB / "dist" / "manifest.json").exists():
        raise SystemExit("web/dist is not built and npm was not found: run ./run setup first")


def tests_by_article() -> str:
    """The table of `chatserver articles`, as JSON; the rules need nothing but the standard library."""
    sys.path.insert(0, str(HERE))
    from chatserver.tested import tested

    return json.dumps(tested())


class Build(build_py):
    """Copies the files that are not Python into the package, unless the install is an editable one."""

    def run(self) -> None:
        super().run()
        if getattr(self, "editable_mode", False):
            return
        build_front_end()
        inside = Path(self.build_lib) / "chatserver"
        for name in ("_sql", "_web"):
            shutil.rmtree(inside / name, ignore_errors=True)
        shutil.copytree(HERE / "sql", inside / "_sql")
        for name in SERVED:
            shutil.copytree(WEB / name, inside / "_web" / name)
        (inside / "_tested.json").write_text(tests_by_article(), "utf-8")


setup(cmdclass={"build_py": Build})
