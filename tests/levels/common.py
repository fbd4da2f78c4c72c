# SPDX-License-Identifier: GPL-2.0
"""What the Python tests of levels share: levelctl, QMP, words and bits."""
import functools
import json
import os
import re
import subprocess

LEVELCTL = os.environ["LEVELCTL"]
QEMU = "qemu-system-x86_64"
counts = {"failed": 0}


def result(name, problems):
    """One line for one test."""
    if problems:
        counts["failed"] += 1
        print(f"not ok {name}: {'; '.join(str(p) for p in problems[:4])}")
    else:
        print(f"ok {name}")


def skip(name, why):
    print(f"skip {name}: {why}")


def levelctl(*args, env=None, check=True):
    run = subprocess.run([LEVELCTL, *args], capture_output=True, text=True, timeout=120,
                         env={**os.environ, **(env or {})})
    if "Sanitizer" in run.stderr or "runtime error" in run.stderr:
        raise AssertionError(run.stderr)
    if check and run.returncode:
        raise AssertionError(f"levelctl {' '.join(args)}: {run.stderr}")
    return run


def level(name):
    return json.loads(levelctl("baseline", "show", "--json", name).stdout)


@functools.lru_cache(maxsize=None)
def explain(name):
    """What levelctl knows of a feature; None: nothing."""
    run = levelctl("explain", "--json", name, check=False)
    return None if run.returncode else json.loads(run.stdout)


def place(name):
    """A feature's (leaf, subleaf, register, bit), or ("msr", index, bit); None: no name of a bit here."""
    told = explain(name)
    if not told:
        return None
    where = told["where"]
    m = re.fullmatch(r"msr:(0x\w+)\[(\d+)\]", where)
    if m:
        return ("msr", int(m[1], 16), int(m[2]))
    m = re.fullmatch(r"(0x\w+)\.(\d+):(\w+)\[(\d+)\]", where)
    return m and (int(m[1], 16), int(m[2]), m[3], int(m[4]))


def rule(name):
    return explain(name)["rule"]


def words(baseline):
    """{(leaf, subleaf, register): value} and {MSR: value}"""
    regs = {}
    for row in baseline["cpuid"]:
        for reg in ("eax", "ebx", "ecx", "edx"):
            regs[int(row["leaf"], 16), int(row.get("subleaf", "0"), 16), reg] = int(row[reg], 16)
    return regs, {int(m["index"], 16): int(m["value"], 16) for m in baseline.get("msr", [])}


def has(regs, msrs, at):
    if at[0] == "msr":
        return bool(msrs.get(at[1], 0) >> at[2] & 1)
    return bool(regs.get(at[:3], 0) >> at[3] & 1)


def qmp(commands, args, qemu=QEMU):
    """The answers of a QEMU that is started for them; one that says nothing is an error."""
    process = subprocess.Popen([qemu, "-nodefaults", "-display", "none", "-S", "-qmp", "stdio",
                                *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    answers = []
    try:
        if not process.stdout.readline():
            raise AssertionError(process.stderr.read()[:300])
        for command in [{"execute": "qmp_capabilities"}, *commands]:
            process.stdin.write(json.dumps(command) + "\n")
            process.stdin.flush()
            while True:
                answer = json.loads(process.stdout.readline())
                if "event" not in answer:
                    break
            if "error" in answer:
                raise AssertionError(answer["error"]["desc"])
            answers.append(answer["return"])
    finally:
        process.kill()
        process.communicate()
    return answers[1:]
