# SPDX-License-Identifier: GPL-2.0
"""
QEMU's line asks for nothing that QEMU itself drops: of pools that are held at each level,
and of defaults that were narrowed, QEMU is asked what its guest would have.
	lines.py HOSTS HOST...	HOSTS is a folder of dumps, or not there; HOST more of them
"""
import glob
import json
import os
import sys

from common import QEMU, counts, levelctl, qmp, result, skip

# One host of each generation that has told its VMX MSRs.
REAL = ["Gulftown_01", "SandyBridgeE_00", "HaswellXeon", "Broadwell_CPUID3", "SkyLake_01",
        "CascadeLakeSP_CPUID1", "ICX_CPUID3", "EmeraldRapids_01"]
# What nested VMX builds on, in CPUID and in itself.
WITHOUT = ["vmx-ept", "vmx-vpid", "vmx-secondary-ctls", "vmx-flexpriority", "vmx-vnmi",
           "vmx-vmfunc", "invpcid", "rdtscp", "rdrand", "rdseed", "xsaves", "mpx", "lm", "vmx"]
NOT_ASKED = {"LEVELCTL_QEMU": ""}


def line(path):
    """The exported line as QMP's model, with what it asks for."""
    text = levelctl("baseline", "export", "--format", "qemu", path, env=NOT_ASKED).stdout
    name, *options = text.strip().split(",")
    props = {o[1:]: o[0] == "+" for o in options if o[0] in "+-"}
    return {"name": name, "props": props}


def main():
    folder, *paths = sys.argv[1:]
    for name in REAL:
        paths += glob.glob(os.path.join(folder, "raw", f"*{name}*.json"))[:1]
    listed = json.loads(levelctl("baseline", "list", "--source", "builtin", "--json").stdout)
    lines = {}
    for path in paths:
        host = os.path.basename(path)
        for level in [x["name"] for x in listed["levels"]]:
            run = levelctl("pool", "compute", "--raw-ok", "--level", level, "-o", "held.json", path,
                           check=False)
            if not run.returncode:
                lines[f"{host} at {level}"] = line("held.json")
        levelctl("pool", "compute", "--raw-ok", "-o", "wide.json", path)
        lines[host] = line("wide.json")
        for feature in WITHOUT:
            run = levelctl("baseline", "narrow", "--without", feature, "-o", "narrow.json",
                           "wide.json", check=False)
            if not run.returncode:
                lines[f"{host} without {feature}"] = line("narrow.json")
    answers = qmp([{"execute": "query-cpu-model-expansion",
                    "arguments": {"type": "full", "model": model}} for model in lines.values()],
                  ["-machine", "none"])
    problems = []
    for (name, model), answer in zip(lines.items(), answers):
        props = answer["model"]["props"]
        dropped = [p for p, on in model["props"].items() if on and not props.get(p)]
        if dropped:
            problems.append(f"{name}: {' '.join(dropped)}")
    if len(paths) < 4:
        skip("QEMU drops nothing that a level's line asks for", f"no hosts in {folder}")
    else:
        result(f"QEMU drops nothing that the lines of {len(lines)} levels and defaults ask for",
               problems)
    print(f"# {QEMU}")
    sys.exit(counts["failed"] != 0)


main()
