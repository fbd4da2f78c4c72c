# SPDX-License-Identifier: GPL-2.0
"""A pool once more, the plain way: word by word over all hosts at once.

Nothing here is the core's but its table of masks (print-shapes.c), which a test
holds against what people know of the rules.
"""

XSAVE, PMU, BASIC, HYPERVISOR = 0xd, 0xa, 0, 0x40000000
KVM = [0x4b4d564b, 0x564b4d56, 0x4d]
# 0x80000001.edx says these bits of 1.edx again.
COPIES = 0x0183f3ff


class Shapes:
    def __init__(self, table):
        self.leaves = table["leaves"]
        self.msrs = {m["index"]: m for m in table["msrs"]}
        self.deps = [(tuple(d["feature"]), tuple(d["needs"])) for d in table["deps"]]
        self.cache = {}

    def find(self, leaf, sub):
        """What a pool keeps of a row, or None."""
        if (leaf, sub) not in self.cache:
            self.cache[leaf, sub] = next(
                (s for s in self.leaves if s["leaf"] == leaf and s["first"] <= sub <= s["last"]
                 and not s["vmm"]), None)
        return self.cache[leaf, sub]


def has(rows, place):
    leaf, sub, reg, bit = place
    return leaf == 0 or rows.get((leaf, sub), [0] * 4)[reg] >> bit & 1


def has_bit(rows, place):
    leaf, sub, reg, bit = place
    return rows.get((leaf, sub), [0] * 4)[reg] >> bit & 1


def runs(mask):
    """The runs of ones in a mask."""
    while mask:
        low = mask & -mask
        run = mask & ~(mask + low)
        yield run
        mask &= ~run


class Host:
    """What of a host counts: rows and MSRs that a pool can hold."""

    def __init__(self, shapes, rows, msrs):
        foreign = rows.get((HYPERVISOR, 0), [0] * 4)[1:] != KVM
        self.rows = {at: w for at, w in rows.items()
                     if shapes.find(*at) and not (foreign and at[0] >> 30 == 1)}
        self.msrs = {i: v if has(rows, tuple(shapes.msrs[i]["gate"])) else 0
                     for i, v in msrs.items() if i in shapes.msrs and not shapes.msrs[i]["vmm"]}


def combine_rows(shapes, hosts):
    rows, gates = {}, []
    for at in sorted({at for h in hosts for at in h.rows}):
        shape, words = shapes.find(*at), []
        theirs = [h.rows.get(at, [0] * 4) for h in hosts]
        layouts = {tuple(w[r] & shape["regs"][r]["equal"] for r in range(4)) for w in theirs}
        for r, s in enumerate(shape["regs"]):
            mine = [w[r] for w in theirs]
            word = s["and"]
            news = 0
            for w in mine:
                word &= w
                news |= w & s["or"]
            word |= news
            for field in s["min"]:
                word |= min(w & field for w in mine)
            if len(layouts) == 1:
                word |= mine[0] & s["equal"]
            if at in ((BASIC, 0), (HYPERVISOR, 0)) and all(at in h.rows for h in hosts):
                word |= mine[0] & s["pass"]
            words.append(word)
        if len(layouts) > 1 and at[0] != XSAVE and shape["gate"][0]:
            gates.append(shape["gate"])
        if all(at in h.rows for h in hosts) or any(words):
            rows[at] = words
    for leaf, sub, reg, bit in gates:
        if (leaf, sub) in rows:
            rows[leaf, sub][reg] &= ~(1 << bit)
    return rows


def combine_msrs(shapes, hosts):
    msrs = {}
    for i in {i for h in hosts for i in h.msrs}:
        s, value = shapes.msrs[i], None
        mine = [h.msrs.get(i, 0) for h in hosts]
        value = s["and"]
        for v in mine:
            value &= v
        for v in mine:
            value |= v & (s["or"] | s["must"])
        for run in [s["group"], *runs(s["equal"])]:
            if len({v & run for v in mine}) == 1:
                value |= mine[0] & run
        msrs[i] = value
    return msrs


def xcr0(rows):
    w = rows.get((XSAVE, 0))
    return (w[0] | w[3] << 32) if w and has_bit(rows, (1, 0, 2, 26)) else 0


def xss(rows):
    w = rows.get((XSAVE, 1))
    return (w[2] | w[3] << 32) if w and w[0] & 8 and has_bit(rows, (1, 0, 2, 26)) else 0


def reachable(shapes, rows, leaf, sub):
    shape = shapes.find(leaf, sub)
    if shape["max"] and not shape["subleaves"]:
        return True
    top = rows.get((leaf & 0xc0000000, 0))
    if not top:
        return False
    highest = top[0]
    if leaf >> 30 == 1 and not highest:
        highest = HYPERVISOR + 1
    if leaf > highest:
        return False
    first = shapes.find(leaf, 0)
    if not sub or not shape["subleaves"] or not first or not first["max"]:
        return True
    return (leaf, 0) in rows and sub <= rows[leaf, 0][0]


def governed(s):
    return s["and"] | s["or"] | s["equal"] | sum(s["min"])


def means_something(shapes, rows, at):
    shape, words = shapes.find(*at), rows[at]
    if not reachable(shapes, rows, *at) or not has(rows, shape["gate"]):
        return False
    if at[0] == PMU and not words[0] & 0xff:
        return False
    if at[0] == XSAVE and at[1] > 1 and not (xcr0(rows) | xss(rows)) >> at[1] & 1:
        return False
    return any(s["pass"] or w & governed(s) for w, s in zip(words, shape["regs"]))


def close(shapes, rows):
    """Whatever has lost what it needs goes, until nothing more does."""
    before = None
    while before != rows:
        before = {at: list(w) for at, w in rows.items()}
        for n in range(2, 64):
            if rows.get((XSAVE, n), [0])[0]:
                continue
            for sub, low, high in ((0, 0, 3), (1, 2, 3)):
                if (XSAVE, sub) in rows:
                    rows[XSAVE, sub][low if n < 32 else high] &= ~(1 << n % 32)
        for feature, needs in shapes.deps:
            if has_bit(rows, feature) and not has_bit(rows, needs):
                rows[feature[0], feature[1]][feature[2]] &= ~(1 << feature[3])
        # CET_U is of shadow stacks and of indirect branch tracking.
        if (XSAVE, 1) in rows and not has_bit(rows, (7, 0, 2, 7)) and \
                not has_bit(rows, (7, 0, 3, 20)):
            rows[XSAVE, 1][2] &= ~(1 << 11)
        for at in [at for at in rows if not means_something(shapes, rows, at)]:
            del rows[at]
    # Without LA57 linear addresses have 48 bits at most.
    if (0x80000008, 0) in rows and not has_bit(rows, (7, 0, 2, 16)):
        word = rows[0x80000008, 0][0]
        rows[0x80000008, 0][0] = word & ~0xff00 | min(word >> 8 & 0xff, 48) << 8


def set_sizes(rows):
    parts = [(n, rows.get((XSAVE, n), [0] * 4)) for n in range(2, 64)]
    if (XSAVE, 0) in rows:
        size = max([576] + [w[0] + w[1] for n, w in parts if xcr0(rows) >> n & 1])
        rows[XSAVE, 0][1:3] = size, size
    if (XSAVE, 1) in rows:
        size = 0
        if rows[XSAVE, 1][0] & 0xa:
            size = 576
            for n, w in parts:
                if (xcr0(rows) | xss(rows)) >> n & 1 and (XSAVE, n) in rows:
                    size = (size + 63 & ~63 if w[2] & 2 else size) + w[0]
        rows[XSAVE, 1][1] = size


def pool(shapes, hosts, taken=()):
    """(rows, msrs) of the pool; @taken: places that are cleared before it is closed."""
    rows, msrs = combine_rows(shapes, hosts), combine_msrs(shapes, hosts)
    for leaf, sub, reg, bit in taken:
        if (leaf, sub) in rows:
            rows[leaf, sub][reg] &= ~(1 << bit)
    close(shapes, rows)
    msrs = {i: v for i, v in msrs.items() if v and has(rows, tuple(shapes.msrs[i]["gate"]))}
    set_sizes(rows)
    return rows, msrs


def features(shapes, rows, msrs):
    """Places of all features: a tuple for CPUID, ("msr", index, bit) for an MSR."""
    found = set()
    for at, words in rows.items():
        shape = shapes.find(*at)
        for r, word in enumerate(words):
            word &= shape["regs"][r]["and"]
            if at[0] == 0x80000001 and r == 3:
                word &= ~COPIES
            found |= {(*at, r, b) for b in range(32) if word >> b & 1}
    for i, value in msrs.items():
        value &= shapes.msrs[i]["and"]
        found |= {("msr", i, b) for b in range(64) if value >> b & 1}
    return found
