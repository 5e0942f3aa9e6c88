"""The machine: its CPU, what it can compute in int8, and the cores to measure on. Only the standard library."""

import os
import re
from pathlib import Path



def cpu():
    text = Path("/proc/cpuinfo").read_text()

    def field(name):
        found = re.search(rf"^{name}\s*:\s*(.*)$", text, re.MULTILINE)
        return found.group(1).strip() if found else ""

    flags = set(field("flags").split())
    has = {
        "avx2": "avx2" in flags,
        "avx-vnni": "avx_vnni" in flags,
        "avx512": "avx512bw" in flags,
        "avx512-vnni": "avx512_vnni" in flags,
        "amx": "amx_int8" in flags,
    }
    name = f"{field('model name')}, family {field('cpu family')} model {field('model')}"
    return {"name": name, "isas": [isa for isa, there in has.items() if there]}


def more_than(machine, isa):
    """The instruction sets of the machine that a restriction to one leaves out."""
    allowed = {"avx2": {"avx2"}, "avx-vnni": {"avx2", "avx-vnni"}}[isa]
    return [name for name in machine["isas"] if name not in allowed]


def cores(count):
    """So many cores, the last ones, no two of them threads of one core."""
    chosen, taken = [], set()
    for core in sorted(os.sched_getaffinity(0), reverse=True):
        siblings = Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
        key = siblings.read_text().strip() if siblings.exists() else str(core)
        if key not in taken:
            taken.add(key)
            chosen.append(core)
    if len(chosen) < count:
        raise SystemExit(f"peers: {count} threads need {count} cores, and there are {len(chosen)}")
    return chosen[:count]
