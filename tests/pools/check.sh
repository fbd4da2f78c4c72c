#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# pool check and host compare: who fits, who differs, by name.
# shellcheck source=tests/pools/lib.sh disable=SC2317 # some are called by is()
. "$(dirname "$0")/lib.sh"

not_in_out() { ! grep -q "$1" out; }

host a host-a ''
host b host-b 's/6\.1\.0/6.12.9/; s/0xa201025/0xa201030/'
host c host-b ''
host intel host-intel ''
"$LEVELCTL" pool compute a.json --name wide -o wide.json 2> err

# --- check ---
allowed "check names a host's kernel and microcode" 'a +yes +0 +6\.1\.0 +0xa201025' pool check wide.json a.json
run pool check wide.json a.json b.json c.json
is "check refuses if one does not fit" [ "$rc" = 1 ]
is "... and names the others' kernels" grep -qE 'b +no +2 +6\.12\.9 +0xa201030' out
is "... counts hosts by what they lack" grep -qE '^avx2 +2$' out
is "... and numbers by their place" grep -qE '^CPUID 0x80000008.0:eax\[7:0\] +2$' out
is "... and tells the sum" grep -q '2 of 3 hosts can.t run "wide"' err
run pool check --json wide.json a.json b.json c.json
json "check counts, for programs" '(d["fit"], d["default_only"], d["unfit"]) == (1, 0, 2)'
json "... with names" '[l["features"] for l in d["lacks"] if l["host"] == "b"][0] == ["avx2"]'
json "... and kernels" '[h["kernel"] for h in d["hosts"]] == ["6.1.0", "6.12.9", "6.1.0"]'
run pool check wide.json intel.json
is "another vendor does not fit" [ "$rc" = 1 ]
is "... and that is the reason" grep -q 'it is GenuineIntel, and the baseline is for AuthenticAMD' out

# --- two vendors ---
"$LEVELCTL" pool compute --vendor amd a.json intel.json -o two.json 2> err
allowed "a pool of two vendors fits the hosts of both" 'intel +yes' pool check two.json a.json intel.json
"$LEVELCTL" pool compute --vendor intel a.json intel.json -o two.json 2> err
allowed "... whichever of them its guests are shown" '^a +yes' pool check two.json a.json intel.json
sed -E 's/(AuthenticAMD|GenuineIntel)/HygonGenuine/; s/"0x68747541", "ecx": "0x444d4163", "edx": "0x69746e65"/"0x6f677948", "ecx": "0x656e6975", "edx": "0x6e65476e"/' \
	a.json > hygon.json
run pool check two.json a.json hygon.json
is "... and no third's" [ "$rc" = 1 ]
is "... and that is the reason" grep -q 'it is HygonGenuine, and the baseline is for GenuineIntel' out

# --- compare ---
allowed "two hosts stand side by side" 'kernel +- +6\.1\.0 +6\.12\.9' host compare a.json b.json
is "... microcode" grep -qE 'microcode +- +0xa201025 +0xa201030' out
is "... features by name" grep -qE 'avx2 +0x7.0:ebx\[5\] +yes +no' out
is "... and no empty label" not_in_out null
allowed "of three, the odd one is named" 'kernel +- +6\.1\.0 on 2; 6\.12\.9 on b' host compare a.json b.json c.json
is "... also where it is alone in having" grep -qE 'avx2 +0x7.0:ebx\[5\] +no on 2; yes on a' out
allowed "... or in lacking" '.' host compare a.json c.json a.json
is "... c" grep -qE 'avx2 +0x7.0:ebx\[5\] +yes on 2; no on c' out
run host compare --json a.json b.json c.json
json "compare, for programs: a value of each host" \
	'[r["values"] for r in d["drift"] if r["what"] == "avx2"] == [["yes", "no", "no"]] and d["hosts"] == ["a", "b", "c"]'
allowed "equal hosts have no drift" 'no drift' host compare c.json c.json c.json
cat a.json b.json | tr -d '\n\t' | sed 's/}{/}\n{/' > fleet.jsonl
allowed "hosts of one file are compared, too" 'avx2' host compare fleet.jsonl
refused 2 "one host alone" 'differs from nothing' host compare a.json

exit "$failed"
