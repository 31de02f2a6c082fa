"""What a work has freed goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os
from pathlib import Path
from threading import Thread

from personalize_sfn.local.glibc_heap import give_back, share_one_heap

MIB = 2**20

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // MIB

share_one_heap()
blocks = []
worker = Thread(target=lambda: blocks.extend(bytes(1000) for _ in range(200_000)))
worker.start()
worker.join()
full = held()
del blocks[:-1]  # the last one is the highest: without help nothing below it goes back
kept = held()
give_back()
print(full, kept, held())
"""


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists() or platform.libc_ver()[0] != "glibc",
    reason="what a process holds is read from Linux's /proc, and only glibc keeps much",
)
def test_what_threads_have_freed_goes_back_to_the_system():
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    full, kept, left = map(int, run.stdout.split())
    assert kept > full - 20, "this C library gives back by itself: the help is not needed"
    assert left < full - 150


def test_giving_back_is_harmless_where_the_c_library_is_another(monkeypatch: pytest.MonkeyPatch):
    from personalize_sfn.local import glibc_heap

    monkeypatch.setattr(glibc_heap, "_glibc", lambda: None)
    glibc_heap.share_one_heap()
    glibc_heap.give_back()
