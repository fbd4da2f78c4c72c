# SPDX-License-Identifier: GPL-2.0
"""
Draw pools of real hosts at random, compute their baselines, and name the files.
	draw.py HOSTS SEED NUMBER
Real dumps are raw CPUID without KVM's leaves; half of the pools get some.
"""
import glob
import json
import os
import random
import sys

from common import levelctl

VENDORS = ("GenuineIntel", "AuthenticAMD")
KVM = {"leaf": "0x40000000", "subleaf": "0x00000000", "eax": "0x40000001", "ebx": "0x4b4d564b",
       "ecx": "0x564b4d56", "edx": "0x0000004d"}
# kvmclock, nopiodelay, kvmclock2, steal time, PV EOI, TLB flush, the stable clock
KVM_FEATURES = {"leaf": "0x40000001", "subleaf": "0x00000000", "eax": "0x0100026b",
                "ebx": "0x00000000", "ecx": "0x00000000", "edx": "0x00000000"}


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def is_64bit(host):
    return any(int(r["leaf"], 16) == 0x80000001 and int(r["edx"], 16) >> 29 & 1
               for r in host["cpuid"])


def main():
    folder, seed, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    draw = random.Random(seed)
    files = sorted(glob.glob(os.path.join(folder, "raw", "*.json")) +
                   glob.glob(os.path.join(folder, "guestview", "*.json")))
    hosts = {f: load(f) for f in files}
    for i in range(number):
        vendor = VENDORS[i % 2]
        candidates = [f for f, h in hosts.items() if h["vendor"] == vendor and is_64bit(h)]
        chosen = draw.sample(candidates, draw.randint(1, 3))
        copies = []
        for n, path in enumerate(chosen):
            host = dict(hosts[path])
            if i % 4 < 2:
                rows = [r for r in host["cpuid"] if int(r["leaf"], 16) >> 28 != 4]
                host["cpuid"] = rows + [KVM, KVM_FEATURES]
            copies.append(f"pool{i}-{n}.json")
            with open(copies[-1], "w", encoding="utf-8") as f:
                json.dump(host, f)
        out = f"pool{i}.json"
        levelctl("pool", "compute", "--raw-ok", "--name", f"pool{i}", "-o", out, *copies)
        print(f"{out}: " + " + ".join(os.path.basename(c) for c in chosen), file=sys.stderr)
        print(out)


main()
