"""The memory of a sending process: measured in one of its own, for it is the whole process that is told."""

from __future__ import annotations

import gc
import platform
import subprocess
import sys

import pytest

from dispatch.delivery.memory import kept_memory

_FAULTS = """
import resource
from dispatch.delivery.memory import kept_memory

def call():
    blocks = [bytes([letter]) * 800_000 for letter in range(5)]

with kept_memory():
    call()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        call()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps memory its own way")
def test_what_a_call_gave_back_is_there_for_the_next() -> None:
    told = subprocess.run([sys.executable, "-c", _FAULTS], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 1_000  # 20 calls touch 20,000 pages


def test_what_was_there_before_is_not_looked_through_for_garbage_until_the_end() -> None:
    lasting = [[]]
    with kept_memory():
        fleeting = [[]]
        looked_through = {id(found) for found in gc.get_objects()}
        assert id(fleeting) in looked_through
        assert id(lasting) not in looked_through
    assert id(lasting) in {id(found) for found in gc.get_objects()}
