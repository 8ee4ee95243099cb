"""What processes cost, read from /proc: CPU seconds and proportional memory of whole trees."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the command's name: state, parent, …; empty when gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def tree(pid: int) -> list[int]:
    """`pid` and all that descend from it."""
    children = _children()
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the tree under `pid`, with that of its children that have ended."""
    total = 0
    for one in tree(pid):
        fields = _stat(one)
        if fields:
            total += sum(int(ticks) for ticks in fields[11:15])
    return total / TICK


def pss_kib(pid: int) -> int:
    """Proportional set size of the tree under `pid`; kernel socket buffers are not in it."""
    total = 0
    for one in tree(pid):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        match = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
        total += int(match[1]) if match else 0
    return total


def machine() -> str:
    """The machine in one line, for the head of a table."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.+)", cpuinfo, re.MULTILINE)
    meminfo = Path("/proc/meminfo").read_text()
    memory = int(meminfo.split()[1]) / 1024 / 1024
    name = model[1] if model else "unknown"
    kernel = ".".join(os.uname().release.split(".")[:2])
    python = platform.python_version()
    return f"{os.cpu_count()} cores of {name}, {memory:.0f} GiB, Linux {kernel}, CPython {python}"
