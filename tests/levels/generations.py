# SPDX-License-Identifier: GPL-2.0
"""
Built-in levels against what others say of the same processors: QEMU's models,
and real hosts.  Where they differ on purpose, it stands here.
	generations.py HOSTS	HOSTS is a folder of dumps, or not there
"""
import glob
import json
import os
import sys

from common import QEMU, counts, explain, has, level, levelctl, place, result, rule, skip, words

# Level, QEMU's model, what the level has beyond it, what the model has beyond the level.
# Of the latter, what a level leaves to the hosts is not listed: see LEFT.
QEMU_MODELS = [
    # Every Core 2 has CMPXCHG16B; QEMU's Conroe does without.
    ("merom", "Conroe-v1", {"cx16"}, set()),
    ("penryn", "Penryn-v1", set(), set()),
    ("nehalem", "Nehalem-v1", set(), set()),
    ("westmere", "Westmere-v1", set(), set()),
    ("sandybridge", "SandyBridge-v1", set(), set()),
    ("ivybridge", "IvyBridge-v1", set(), set()),
    ("haswell", "Haswell-v2", set(), set()),
    ("broadwell", "Broadwell-v2", set(), set()),
    ("skylake-client", "Skylake-Client-v4", set(), set()),
    # CLFLUSHOPT fell out of the model's later versions.
    ("skylake", "Skylake-Server-v5", {"clflushopt"}, set()),
    ("cascadelake", "Cascadelake-Server-v5", set(), set()),
    # The model's last version still has TSX.
    ("cooperlake", "Cooperlake-v2", set(), {"hle", "rtm"}),
    ("icelake", "Icelake-Server-v6", set(), set()),
    ("sapphirerapids", "SapphireRapids-v1", set(), {"hle", "rtm", "tsx-ldtrk"}),
    ("graniterapids", "GraniteRapids-v1", set(), {"hle", "rtm", "tsx-ldtrk"}),
    ("k8", "Opteron_G1-v1", set(), set()),
    ("k8-revf", "Opteron_G2-v1", set(), set()),
    # KVM offers no MONITOR, and QEMU switches it off there.
    ("k10", "Opteron_G3-v1", set(), {"monitor"}),
    ("bulldozer", "Opteron_G4-v1", set(), set()),
    ("piledriver", "Opteron_G5-v1", set(), set()),
    ("zen", "EPYC-v3", set(), {"monitor"}),
    ("zen2", "EPYC-Rome-v2", set(), {"monitor"}),
    # They came to the model with its second version.
    ("zen3", "EPYC-Milan-v1", {"vaes", "vpclmulqdq"}, {"monitor"}),
    ("zen4", "EPYC-Genoa-v1", set(), {"monitor"}),
    ("zen5", "EPYC-Turin-v1", set(), {"monitor"}),
]

# What levels leave as the hosts have it and QEMU's models have: mitigations,
# what KVM emulates, nested virtualisation.
LEFT = set("""x2apic tsc-deadline svm spec-ctrl stibp ssbd arch-capabilities ibpb ibrs amd-stibp
    amd-ssbd amd-psfd stibp-always-on auto-ibrs lfence-always-serializing no-nested-data-bp
    null-sel-clr-base mcdt-no""".split())
LEFT_PLACES = ("msr", 0x8000000a)

# Level, dumps of the generation, what some of them lack: firmware, a VMM below or a
# maker's choice has switched it off. Those of Intel's that were read in 32-bit mode
# lack SYSCALL, which only 64-bit mode has.
HOSTS = [
    ("merom", "*6F6_Merom* *6F4_Conroe* libvirt-Xeon-5110*", set()),
    # The Penryn is a Celeron.
    ("penryn", "*Yorkfield* *Penryn* libvirt-Core2-Q9500*", {"sse4.1"}),
    ("nehalem", "*Bloomfield* *Lynnfield* *Beckton* *Nehalem* libvirt-Xeon-E7-4820*", set()),
    ("westmere", "*Gulftown* *Clarkdale*", set()),
    # A Pentium without AES and AVX, and early steppings without XSAVEOPT.
    ("sandybridge", "*SandyBridge* libvirt-Core-i7-2600*", {"aes", "avx", "xsaveopt", "nx"}),
    ("ivybridge", "*IvyBridge* libvirt-Core-i7-3*", {"aes", "avx", "f16c", "rdrand", "xsaveopt"}),
    ("haswell", "*Haswell* libvirt-Core-i7-4* libvirt-Xeon-E5-2650-v3* libvirt-Xeon-E7-8890*",
     {"xsaveopt"}),
    ("broadwell", "*Broadwell* libvirt-Core-i7-5600* libvirt-Xeon-E5-2630-v4*", set()),
    # Among the Kaby and Coffee Lakes are Pentiums and Celerons without AVX.
    ("skylake-client", "*406E3* *506E3* *806E9_Kaby* *906E9_Kaby* *906EA* libvirt-Xeon-E3-1225*",
     {"fma", "avx", "f16c", "bmi1", "avx2", "bmi2", "adx"}),
    # Those for desktops are without PKU.
    ("skylake", "*SkylakeX* libvirt-Xeon-Gold*", {"pku"}),
    ("cascadelake", "*CascadeLake*", set()),
    ("icelake", "*_ICX*", set()),
    ("sapphirerapids", "*EmeraldRapids*", set()),
    # The Clawhammer is of revision C, before SSE3.
    ("k8", "*K8_*", {"pni"}),
    ("k8-revf", "*SantaRosa* *Orleans* *Brisbane*", set()),
    ("k10", "*K10_* libvirt-Opteron-2350*", set()),
    ("bulldozer", "*Interlagos* libvirt-Opteron-6234*", set()),
    ("piledriver", "*AbuDhabi* *Vishera* *Piledriver* *Richland*", set()),
    ("zen", "*0800F* libvirt-EPYC-7601* libvirt-Ryzen-7-1800*", set()),
    ("zen2", "*Rome* *CastlePeak* *Matisse* libvirt-EPYC-7502* libvirt-Ryzen-9-3900*", set()),
    # Ryzens are without PCID and 57-bit addresses.
    ("zen3", "*Milan* *Vermeer* *Cezanne*", {"pcid"}),
    ("zen4", "*Genoa* *StormPeak* *Raphael*", {"pcid", "la57"}),
    ("zen5", "*Turin* *GraniteRidge*", {"pcid", "la57"}),
]


def against_qemu(qemu, label):
    env = {"LEVELCTL_QEMU": qemu}
    models = json.loads(levelctl("baseline", "list", "--source", "qemu", "--json", env=env).stdout)
    known = {m["name"] for m in models["levels"]}
    compared = 0
    for name, model, more, less in QEMU_MODELS:
        if model not in known:
            continue
        ours = set(level(name)["features"])
        theirs = json.loads(levelctl("baseline", "show", "--json", f"qemu:{model}",
                                     env=env).stdout)["features"]
        theirs = {f for f in theirs if f not in LEFT and place(f)[0] not in LEFT_PLACES}
        compared += 1
        result(f"{name} is {label}'s {model}",
               [f"only here {f}" for f in sorted(ours - theirs ^ more)] +
               [f"only there {f}" for f in sorted(theirs - ours ^ less)])
    result(f"{label} has models of most levels", [compared] if compared < 20 else [])


def closed():
    """Nothing of a level needs what neither the level has nor is left to the hosts."""
    levels = json.loads(levelctl("baseline", "list", "--source", "builtin", "--json").stdout)
    for name in [row["name"] for row in levels["levels"]]:
        shown = level(name)
        there = set(shown["features"]) | set(shown["left_to_hosts"])
        problems = []
        for feature in shown["features"]:
            # State components come and go with their features.
            problems += [f"{feature} needs {need['feature']}" for need in explain(feature)["needs"]
                         if need["feature"] not in there and
                         not need["feature"].startswith("xcr0-")]
        result(f"{name} has all that its features need", problems)


def whole(host):
    """The dump as a file, with the SYSCALL that 32-bit mode does not show."""
    for row in host["cpuid"]:
        if int(row["leaf"], 16) == 0x80000001 and host["vendor"] == "GenuineIntel":
            row["edx"] = hex(int(row["edx"], 16) | 1 << 11)
    with open("whole.json", "w", encoding="utf-8") as f:
        json.dump(host, f)
    return "whole.json"


def held(name, files, hosts):
    """A host of the generation, held at its level: all of it, and nothing above."""
    shown = level(name)
    want = set(shown["features"])
    # Not every dump has all of leaf 0xD, without which AVX and its like can't be given.
    runs = (levelctl("pool", "compute", "--raw-ok", "--level", name, whole(hosts[file]),
                     check=False) for file in files)
    run = next((r for r in runs if not r.returncode), None)
    if not run:
        result(f"a host is held at {name}", ["none has all of it"])
        return
    got = set(json.loads(run.stdout)["features"])
    # What details a feature that is left to the hosts, and what is no processor's, stays.
    details = {f for f in got if place(f)[0] in ("msr", 0x8000000a, 0x12, 0x14, 0x40000001, 5)
               or f.startswith(("xcr0-", "xss-"))}
    bad_news = {f for f in got if rule(f) == "or"}
    result(f"a host is held at {name}",
           [f"lost {f}" for f in sorted(want - got)] +
           [f"above it {f}" for f in
            sorted(got - want - set(shown["left_to_hosts"]) - details - bad_news)])


def against_hosts(folder):
    seen = 0
    for name, patterns, excepted in HOSTS:
        files = sorted({f for p in patterns.split()
                        for f in glob.glob(os.path.join(folder, "raw", p))})
        features = level(name)["features"]
        problems, used, hosts = [], set(), {}
        for file in files:
            with open(file, encoding="utf-8") as f:
                host = json.load(f)
            hosts[file] = host
            regs, msrs = words(host)
            may_lack = set(excepted)
            if host["vendor"] == "GenuineIntel":
                may_lack.add("syscall")
            lacks = {f for f in features if not has(regs, msrs, place(f))}
            used |= lacks
            problems += [f"{host['name']} lacks {f}" for f in sorted(lacks - may_lack)]
        problems += [f"all have {f}, which is excepted" for f in sorted(excepted - used)]
        if not files:
            problems.append("no host of it is there")
        seen += len(files)
        result(f"real hosts of the generation have all of {name}", problems)
        held(name, files, hosts)
    print(f"# {seen} hosts")


def main():
    closed()
    against_qemu(QEMU, "QEMU")
    newer = os.path.join(os.environ.get("KL_CACHE", os.path.expanduser("~/.cache/kvm-level")),
                         "qemu/usr/bin/qemu-system-x86_64")
    if os.path.exists(newer):
        against_qemu(newer, "a newer QEMU")
    else:
        skip("levels are those of a newer QEMU", "tests/vm/fetch-qemu has not been here")
    if os.path.isdir(sys.argv[1]):
        against_hosts(sys.argv[1])
    else:
        skip("real hosts have their generation's level", f"no hosts in {sys.argv[1]}")
    sys.exit(counts["failed"] != 0)


main()
