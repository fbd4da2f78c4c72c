#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""pool plan against brute force: every partition of a few hosts, each pool's loss
taken from what `pool compute` says of it, which knows nothing of plan's arithmetic.

plan.py FOLDER WHOSE    a folder with many hosts, and the word for them; some more are
                        made from a fixture
SEED=n                  the same hosts again
"""
import itertools
import json
import os
import random
import subprocess
import sys

LEVELCTL = os.environ["LEVELCTL"]
FIXTURE = os.path.join(os.path.dirname(__file__), "..", "levelctl", "fixtures", "host-a.json")
SEED = int(os.environ.get("SEED") or random.randrange(1 << 32))
failed = False


def result(name, why=""):
    global failed
    print(f"not ok {name}: SEED={SEED} {why}" if why else f"ok {name}")
    failed |= bool(why)


def levelctl(*args):
    done = subprocess.run([LEVELCTL, *args], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"levelctl {' '.join(args)}: {done.stderr}")
    return json.loads(done.stdout)


def plan(files, k, method):
    return levelctl("pool", "plan", "--json", "--raw-ok", "--method", method, "-k", str(k), *files)


class Losses:
    """What each set of hosts loses as one pool."""

    def __init__(self, files):
        self.files = files
        self.known = {}
        # What a host would lose alone (prerequisites that a dump lacks) it never gave.
        self.never = [{l["feature"] for l in self.lost([i])} for i in range(len(files))]

    def lost(self, hosts):
        out = levelctl("pool", "compute", "--raw-ok", *[self.files[i] for i in hosts])
        return out["lost"]

    def of(self, hosts):
        hosts = tuple(hosts)
        if hosts not in self.known:
            names = {i: os.path.splitext(os.path.basename(self.files[i]))[0] for i in hosts}
            self.known[hosts] = sum(
                names[i] not in l["missing_on"] and l["feature"] not in self.never[i]
                for l in self.lost(hosts) for i in hosts)
        return self.known[hosts]


def partitions(items, k):
    """All partitions of items into exactly k sets."""
    if len(items) < k or not k:
        if not items and not k:
            yield []
        return
    first, rest = items[0], items[1:]
    for n in range(len(rest) + 1):
        for others in itertools.combinations(rest, n):
            left = [i for i in rest if i not in others]
            for more in partitions(left, k - 1):
                yield [[first, *others], *more]


def best(losses, vendors, k):
    """The least loss over partitions that mix no vendors."""
    return min((sum(losses.of(p) for p in ps)
                for ps in partitions(list(range(len(vendors))), k)
                if all(len({vendors[i] for i in p}) == 1 for p in ps)), default=None)


def made_hosts(folder, nr, rng):
    """
    Hosts from the fixture, each without some features and with some more, and a few
    that place an XSAVE component elsewhere.
    """
    with open(FIXTURE) as f:
        base = json.load(f)
    files = []
    for i in range(nr):
        h = json.loads(json.dumps(base))
        h["name"] = f"made-{i}"
        for row in h["cpuid"]:
            if row["leaf"] == "0x00000007":
                row["ebx"] = "0x%08x" % (int(row["ebx"], 16) ^ rng.getrandbits(32) & 0x210c0b38)
            if row["leaf"] == "0x00000001" and rng.random() < .3:
                row["ecx"] = "0x%08x" % (int(row["ecx"], 16) & ~(1 << 26))
            if row["leaf"] == "0x0000000d" and row["subleaf"] == "0x00000002" and rng.random() < .3:
                row["ebx"] = "0x00000280"
        files.append(os.path.join(folder, f"made-{i}.json"))
        with open(files[-1], "w") as f:
            json.dump(h, f)
    return files


def some_hosts(hosts, folder, nr, rng):
    """Hosts of one or two vendors, under short names."""
    names = sorted(n for n in os.listdir(hosts) if "AMD" in n or "Intel" in n or "Xeon" in n or
                   "EPYC" in n)
    files = []
    for n in rng.sample(names, nr):
        with open(os.path.join(hosts, n)) as f:
            h = json.load(f)
        h["name"] = os.path.splitext(n)[0]
        files.append(os.path.join(folder, n))
        with open(files[-1], "w") as f:
            json.dump(h, f)
    return files


def check(name, files):
    losses = Losses(files)
    with_vendor = [json.load(open(f))["vendor"] for f in files]
    nr_vendors = len(set(with_vendor))
    for k in range(nr_vendors, min(len(files), 4) + 1):
        exact = plan(files, k, "exact")
        want = best(losses, with_vendor, k)
        pools = [[next(i for i, f in enumerate(files) if os.path.basename(f) == h + ".json")
                  for h in p["hosts"]] for p in exact["pools"]]
        score = sum(losses.of(sorted(p)) for p in pools)
        result(f"{name}: {len(files)} hosts in {k}, exact is what brute force finds",
               "" if exact["score"] == want else f"{exact['score']}, not {want}: {files}")
        result(f"{name}: {len(files)} hosts in {k}, its pools lose what it says",
               "" if score == exact["score"] and exact["method"] == "exact" and
               sorted(sum(pools, [])) == list(range(len(files)))
               else f"{score}, not {exact['score']}: {pools}")
        rough = plan(files, k, "heuristic")["score"]
        # Near: no worse by more than a tenth.
        result(f"{name}: {len(files)} hosts in {k}, heuristics come near and not below",
               "" if want <= rough <= want * 1.1 else f"{rough}, best is {want}: {files}")


def main():
    rng = random.Random(SEED)
    hosts, whose = sys.argv[1:]
    print(f"SEED={SEED}")
    for draw in range(2):
        folder = f"made-{draw}"
        os.mkdir(folder)
        check(f"made hosts, draw {draw}", made_hosts(folder, 6, rng))
    for draw in range(2):
        folder = f"{whose}-{draw}"
        os.mkdir(folder)
        check(f"{whose} hosts, draw {draw}", some_hosts(hosts, folder, 6, rng))
    os.mkdir("more")
    worst, where = 1, ""
    for _ in range(4):
        files = some_hosts(hosts, "more", 14, rng)
        k = rng.randrange(3, 7)
        exact, rough = plan(files, k, "exact")["score"], plan(files, k, "heuristic")["score"]
        if rough < exact:
            result("heuristics are never better than exact", f"{rough} < {exact}: {k} {files}")
            return failed
        if exact and rough / exact > worst:
            worst, where = rough / exact, f"{k} {files}"
    result("heuristics are never better than exact")
    result("heuristics come near exact on samples", "" if worst <= 1.1 else f"{worst:.3f} times: {where}")
    return failed


sys.exit(main())
