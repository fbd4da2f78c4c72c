# SPDX-License-Identifier: GPL-2.0
"""
Exported baselines, read back by those for whom they are: QEMU, libvirt,
Xen's xen-cpuid; a Firecracker template by what its documentation says.
	consumers.py XEN_CPUID BASELINE...	XEN_CPUID may be "" : not there
Says of each baseline and format whether a guest would get exactly the baseline,
but for what the export itself said it had no words for.
"""
import functools
import glob
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import jsonschema

from common import (LEVELCTL, QEMU, counts, explain, has, levelctl, place, qmp, result, rule, skip,
                    words)

NOT_INSTALLED = {"LEVELCTL_QEMU": "", "LEVELCTL_CPU_MAP": ""}
CPU_MAP = "/usr/share/libvirt/cpu_map"

# AMD's copies of 1.edx in 0x80000001.edx
COPIES = 0x0183f3ff


class Export:
    """One baseline in one format."""
    def __init__(self, path, form, env=None):
        run = levelctl("baseline", "export", "--json", "--format", form, path, env=env)
        told = json.loads(run.stdout)
        self.text = told["text"]
        self.left = told["left"]
        with open(path, encoding="utf-8") as f:
            self.baseline = json.load(f)
        self.regs, self.msrs = words(self.baseline)
        # What the export says that it leaves out, in bits; a register is its nameless rest.
        self.left_bits = {place(n) for n in self.left if not re.match(r"0x|msr:", n)}
        self.left_regs = set()
        for name in self.left:
            m = re.fullmatch(r"(0x\w+)\.(\d+):(\w+)", name)
            if m:
                self.left_regs.add((int(m[1], 16), int(m[2]), m[3]))

    def is_whole(self, name):
        """
        Has the baseline what the feature needs? A pool with hosts of which VMX's MSRs are
        not all known may keep controls without the one that turns them on; QEMU drops them.
        """
        return all(has(self.regs, self.msrs, place(need["feature"]))
                   for need in explain(name)["needs"] if place(need["feature"]))

    def compare_bit(self, at, got, name):
        """Is this feature of a guest's as the baseline has it? A complaint, or None."""
        want = has(self.regs, self.msrs, at)
        if got == want or (want and at in self.left_bits):
            return None
        return f"{name}: {'on' if got else 'off'}, in the baseline {'on' if want else 'off'}"


def is_governed(name):
    return rule(name) in ("and", "or")


# --- QEMU -------------------------------------------------------------------------

def parse_line(line):
    """A -cpu option as QMP's model: its name and properties."""
    name, *options = line.strip().split(",")
    props = {}
    for option in options:
        if option[0] in "+-":
            props[option[1:]] = option[0] == "+"
            continue
        key, eq, value = option.partition("=")
        props[key] = True if not eq else {"on": True, "off": False}.get(value) \
            if value in ("on", "off") else int(value, 0)
    return {"name": name, "props": props}


def qemu_asked_for(line):
    """{(leaf, subleaf, register): bits}, asked for whether or not TCG has them; (level, xlevel)"""
    cpu = "/machine/unattached/device[0]"

    def get(name):
        return {"execute": "qom-get", "arguments": {"path": cpu, "property": name}}
    answers = qmp([get("feature-words"), get("filtered-features"), get("level"), get("xlevel"),
                   get("host-phys-bits-limit")],
                  ["-accel", "tcg", "-machine", "pc", "-cpu", line + ",enforce=off"])
    found = {}
    for word in answers[0] + answers[1]:
        key = (word["cpuid-input-eax"], word.get("cpuid-input-ecx", 0),
               word["cpuid-register"].lower())
        found[key] = found.get(key, 0) | word["features"]
    return found, answers[2:]


def check_qemu(path, label, env):
    e = Export(path, "qemu", env)
    line = e.text.strip()
    name = os.path.basename(path)
    found, (level, xlevel, width) = qemu_asked_for(line)
    problems = []
    for (leaf, subleaf, reg), bits in sorted(found.items()):
        if leaf == 0xd and (subleaf, reg) != (1, "eax"):
            continue        # follows from the features
        if leaf >> 28 == 4:
            continue        # all 0 but on KVM: see check_kvm()
        want = e.regs.get((leaf, subleaf, reg), 0)
        if leaf == 0x80000001 and reg == "edx":
            bits, want = bits & ~COPIES, want & ~COPIES
        for bit in range(32):
            if not (bits ^ want) >> bit & 1:
                continue
            at = f"0x{leaf:x}.{subleaf}:{reg}[{bit}]"
            if not is_governed(at):
                continue
            if want >> bit & 1 and ((leaf, subleaf, reg, bit) in e.left_bits or
                                    (leaf, subleaf, reg) in e.left_regs):
                continue
            problems.append(f"{at}: {bits >> bit & 1}, in the baseline {want >> bit & 1}")
    result(f"{label} is asked for exactly the features of {name}", problems)
    result(f"{label} has the numbers of {name}",
           [(level, xlevel, width)] if
           (level, xlevel) != (e.regs[0, 0, "eax"], e.regs[0x80000000, 0, "eax"]) or
           width != e.regs.get((0x80000008, 0, "eax"), 0) & 0xff else [])

    # Feature MSRs are in no feature word that it tells: as properties.
    model = parse_line(line)
    answer = qmp([{"execute": "query-cpu-model-expansion",
                   "arguments": {"type": "full", "model": model}}], ["-machine", "none"])[0]
    props = answer["model"]["props"]
    problems = []
    for prop, on in props.items():
        at = place(prop) if isinstance(on, bool) else None
        if at and at[0] == "msr" and is_governed(prop) and e.is_whole(prop):
            problems.append(e.compare_bit(at, on, prop))
    result(f"{label} gives the feature MSRs of {name}", [p for p in problems if p])
    check_kvm(e, label, name, model["props"], props)


# What QEMU gives on KVM if nobody says anything: target/i386/kvm/kvm-cpu.c.
KVM_DEFAULTS = ("kvmclock", "kvm-nopiodelay", "kvm-asyncpf", "kvm-steal-time", "kvm-pv-eoi",
                "kvmclock-stable-bit")


def check_kvm(e, label, name, said, props):
    """Without KVM QEMU clears what is KVM's, so what counts is what was said."""
    kvm = any(k[0] == 0x40000000 for k in e.regs)
    problems = [] if kvm == said.get("kvm", True) else ["kvm=off, or not"]
    for prop in props:
        at = place(prop) if isinstance(props[prop], bool) and kvm else None
        if at and at[0] == 0x40000001 and at[2] == "eax" and is_governed(prop):
            on = said.get(prop.replace("_", "-"), prop.replace("_", "-") in KVM_DEFAULTS)
            problems.append(e.compare_bit(at, on, prop))
    on = said.get("x2apic", True)
    problems.append(e.compare_bit(place("x2apic"), on, "x2apic"))
    result(f"{label} is told of KVM's features of {name}", [p for p in problems if p])


# --- libvirt ----------------------------------------------------------------------

@functools.lru_cache(maxsize=None)
def libvirt_features():
    """libvirt's names, as bits, by its own file."""
    found = {}
    for node in ET.parse(f"{CPU_MAP}/x86_features.xml").getroot().iter("feature"):
        bits = set()
        for word in node:
            for reg in ("eax", "ebx", "ecx", "edx"):
                value = int(word.get(reg, "0"), 0)
                for bit in range(32):
                    if not value >> bit & 1:
                        continue
                    if word.tag == "msr":
                        bits.add(("msr", int(word.get("index"), 0),
                                  bit + (32 if reg == "edx" else 0)))
                    elif word.tag == "cpuid":
                        bits.add((int(word.get("eax_in"), 0), int(word.get("ecx_in", "0"), 0),
                                  reg, bit))
        found[node.get("name")] = bits
    return found


def tool(*command, text=""):
    run = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout, run.stderr


def expand(cpu):
    """What libvirt itself makes of the model and what is required, without what is disabled."""
    host = ET.Element("cpu")
    ET.SubElement(host, "arch").text = "x86_64"
    ET.SubElement(host, "model").text = cpu.find("model").text
    disabled = set()
    for feature in cpu.iter("feature"):
        if feature.get("policy") == "require":
            ET.SubElement(host, "feature", name=feature.get("name"))
        else:
            disabled.add(feature.get("name"))
    rc, out, err = tool("virsh", "-c", "test:///default", "cpu-baseline", "--features",
                        "/dev/stdin", text=ET.tostring(host, encoding="unicode"))
    if rc:
        raise AssertionError(err)
    # It may name another model, and what of that is off.
    return {f.get("name") for f in ET.fromstring(out).iter("feature")
            if f.get("policy") != "disable"} - disabled


def check_libvirt(path, label, env):
    e = Export(path, "libvirt", env)
    name = os.path.basename(path)
    cpu = ET.fromstring(e.text)
    with open("cpu.xml", "w", encoding="utf-8") as f:
        f.write(e.text)
    rc, _, err = tool("virt-xml-validate", "cpu.xml", "cpu")
    result(f"the schema of {label} has {name}", [err] if rc else [])

    with open("domain.xml", "w", encoding="utf-8") as f:
        f.write("<domain type='test'><name>x</name><memory>8192</memory><os>"
                f"<type arch='x86_64'>hvm</type></os>{e.text}</domain>")
    rc, out, err = tool("virsh", "-q", "-c", "test:///default", "define domain.xml; dumpxml x")
    back = ET.fromstring(out[out.index("<domain"):]).find("cpu") if not rc else None

    def policies(node):
        return sorted((f.get("name"), f.get("policy")) for f in node.iter("feature"))
    result(f"{label} takes {name} into a domain",
           [err] if rc else [] if policies(back) == policies(cpu) else ["features differ"])

    got = expand(cpu)
    problems = []
    for feature, bits in libvirt_features().items():
        for at in bits:
            where = f"msr:0x{at[1]:x}[{at[2]}]" if at[0] == "msr" else \
                f"0x{at[0]:x}.{at[1]}:{at[2]}[{at[3]}]"
            # Several names for one bit: any of them gives it.
            same = {f for f, b in libvirt_features().items() if at in b}
            named = place(where) and at in {place(feature)}
            if is_governed(where) and named:
                problems.append(e.compare_bit(at, bool(got & same), feature))
    result(f"{label} makes exactly the features of {name}", [p for p in problems if p])


# --- Firecracker --------------------------------------------------------------------

NUMBER = {"type": "string", "pattern": "^0x[0-9a-f]+$"}
TEMPLATE = {
    "type": "object", "additionalProperties": False,
    "required": ["cpuid_modifiers", "msr_modifiers"],
    "properties": {
        "cpuid_modifiers": {"type": "array", "items": {
            "type": "object", "additionalProperties": False,
            "required": ["leaf", "subleaf", "flags", "modifiers"],
            "properties": {
                "leaf": NUMBER, "subleaf": NUMBER, "flags": {"enum": [0, 1]},
                "modifiers": {"type": "array", "items": {
                    "type": "object", "additionalProperties": False,
                    "required": ["register", "bitmap"],
                    "properties": {"register": {"enum": ["eax", "ebx", "ecx", "edx"]},
                                   "bitmap": {"type": "string",
                                              "pattern": "^0b[01x]{32}$"}}}}}}},
        "msr_modifiers": {"type": "array", "items": {
            "type": "object", "additionalProperties": False, "required": ["addr", "bitmap"],
            "properties": {"addr": NUMBER, "bitmap": {"type": "string",
                                                      "pattern": "^0b[01x]{64}$"}}}},
    },
}


def applied(bitmap, value):
    """What becomes of a register's value."""
    for i, c in enumerate(reversed(bitmap[2:])):
        if c != "x":
            value = value & ~(1 << i) | int(c) << i
    return value


# What a template leaves to the VMM, or to KVM.
PASSING = ("pass", "dynamic", "topology", "recompute")
GOVERNED = ("and", "or", "min", "equal")


def check_firecracker(path):
    e = Export(path, "firecracker")
    name = os.path.basename(path)
    template = json.loads(e.text)
    try:
        jsonschema.validate(template, TEMPLATE)
        problems = []
    except jsonschema.ValidationError as wrong:
        problems = [wrong.message]
    result(f"a template of {name} is one by its schema", problems)

    # On a host that has everything, and on one that has nothing.
    problems, rows = [], set()
    for row in template["cpuid_modifiers"]:
        leaf, subleaf = int(row["leaf"], 16), int(row["subleaf"], 16)
        rows.add((leaf, subleaf))
        for m in row["modifiers"]:
            want = e.regs.get((leaf, subleaf, m["register"]), 0)
            for host in (0, 0xffffffff):
                differ = applied(m["bitmap"], host) ^ want
                for bit in range(32):
                    at = f"0x{leaf:x}.{subleaf}:{m['register']}[{bit}]"
                    if differ >> bit & 1 and rule(at) not in PASSING:
                        problems.append(f"{at} on a host of 0x{host:x}")
    # Of a range that nobody has there may be an empty row, which hosts need not have.
    nothing = set() if e.regs.get((0xc0000000, 0, "eax")) else {(0xc0000000, 0)}
    problems += [f"no row of {r}" for r in {k[:2] for k in e.regs} - rows - nothing]
    msrs = {int(m["addr"], 16): m["bitmap"] for m in template["msr_modifiers"]}
    for index, value in e.msrs.items():
        if index not in msrs:
            if not 0x480 <= index <= 0x491:
                problems.append(f"no MSR 0x{index:x}")
        elif applied(msrs[index], 0) != value or applied(msrs[index], 2**64 - 1) != value:
            problems.append(f"MSR 0x{index:x}")
    result(f"a template makes exactly {name} of any host", problems)

    # Rows that a template doesn't have, a guest has from its host: nothing that counts.
    problems = []
    hosts = sorted(glob.glob(path.replace(".json", "-*.json")))
    for host in hosts:
        with open(host, encoding="utf-8") as f:
            regs, _ = words(json.load(f))
        for (leaf, subleaf, reg), value in regs.items():
            top = e.regs.get((leaf & 0xc0000000, 0, "eax"), 0)
            if (leaf, subleaf) in rows or subleaf or leaf > top:
                continue
            problems += [f"{at} of {host}" for at in
                         (f"0x{leaf:x}.{subleaf}:{reg}[{bit}]" for bit in range(32)
                          if value >> bit & 1) if rule(at) in GOVERNED]
    if hosts:
        result(f"a template leaves nothing that {name} has lost to its hosts", problems)


# --- Xen ----------------------------------------------------------------------------

def check_xen(path, program):
    e = Export(path, "xen")
    name = os.path.basename(path)
    rc, out, err = tool(program, e.text.strip())
    lines = re.findall(r"\[(\d+)\] (CPUID|MSR) +(0x\w+)(?::(\d+))?\.(\w+)(.*)", out)
    problems = [] if rc == 0 and lines else [err or "no word explained"]
    for _, kind, leaf, subleaf, reg, names in lines:
        want = e.regs.get((int(leaf, 16), int(subleaf or "0"), reg), 0)
        if kind == "CPUID" and len(names.split()) != bin(want).count("1"):
            problems.append(f"{leaf}:{reg}: {names}, in the baseline 0x{want:x}")
    found = {(int(leaf, 16), int(subleaf or "0"), reg) for _, _, leaf, subleaf, reg, _ in lines}
    if not {(1, 0, "edx"), (0x80000001, 0, "ecx")} <= found:
        problems.append("words are missing")
    result(f"xen-cpuid finds the features of {name} where they belong", problems)


def main():
    xen, *baselines = sys.argv[1:]
    for path in baselines:
        check_qemu(path, "QEMU", None)
        check_qemu(path, "QEMU (not asked)", NOT_INSTALLED)
        check_libvirt(path, "libvirt", None)
        check_libvirt(path, "libvirt (not asked)", NOT_INSTALLED)
        check_firecracker(path)
        if xen:
            check_xen(path, xen)
    if not xen:
        skip("xen-cpuid finds the features", "Xen's tools are not to be had")
    print(f"# {LEVELCTL}, {QEMU}")
    sys.exit(counts["failed"] != 0)


main()
