"""How a server starts: beside others that work, on a machine that has little to spare."""

from __future__ import annotations

import gc
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatserver.cli.serve import LOADING, give_way, load


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
def test_loading_gives_way_to_work_and_the_clocks_beside_it_do_not() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = priority()
    with ThreadPoolExecutor(1, initializer=give_way) as thread:
        assert thread.submit(priority).result() == max(before, LOADING)
    assert priority() == before


def test_the_collector_works_again_once_all_is_loaded() -> None:
    assert gc.isenabled()
    assert load().__name__ == "chatserver.app"
    assert gc.isenabled()
