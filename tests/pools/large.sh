#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Thousands of kinds of hosts: what plan and the page do where they can't look at all.
# shellcheck source=tests/pools/lib.sh disable=SC2317 # some are called by is()
. "$(dirname "$0")/lib.sh"

# fleet NR: so many kinds, by bits of leaf 7 that the fixture lacks or has; every
# hundredth kind twice
fleet()
{
	python3 - "$fixtures/host-a.json" "$1" <<-'EOT'
	import json, sys
	host = json.load(open(sys.argv[1]))
	row = next(r for r in host["cpuid"] if r["leaf"] == "0x00000007")
	# bmi1, avx2, bmi2, erms, rdseed, adx, smap, clflushopt, clwb, sha-ni, umip,
	# and rdpid
	ebx = [1 << b for b in (3, 5, 8, 9, 18, 19, 20, 23, 24, 29)]
	for i in range(int(sys.argv[2])):
	    row["ebx"] = "0x%08x" % sum(b for n, b in enumerate(ebx) if i >> n & 1)
	    row["ecx"] = "0x%08x" % ((i >> 10 & 1) << 2 | (i >> 11 & 1) << 22)
	    for copy in range(2 if i % 100 == 0 else 1):
	        host["name"] = "kind%04d-%d" % (i, copy)
	        print(json.dumps(host))
	EOT
}

fleet 3000 > fleet.jsonl
allowed "3,000 kinds are planned by heuristics" '3030 hosts of 3000 kinds in 4 pools' pool plan -k 4 fleet.jsonl
cp out four
allowed "... which loses less than one pool" 'in 1 pool' pool plan -k 1 fleet.jsonl
score() { sed -n 's/.*score \([0-9]*\).*/\1/p' "$1" | head -n 1; }
is "... by a fifth" [ $((5 * $(score four))) -lt $((4 * $(score out))) ]
run pool plan --json -k 4 fleet.jsonl
json "... each host is in one of them" 'len({h for p in d["pools"] for h in p["hosts"]}) == 3030 == sum(len(p["hosts"]) for p in d["pools"])'

fleet 250 > some.jsonl
run pool matrix --html page.html some.jsonl
is "a page of many kinds has the largest" grep -q 'kind0100-0' page.html
is "... no more than 200 of them" [ "$rc:$(grep -c '<tr><th scope=row>' page.html)" = 0:200 ]
is "... and says so" grep -q '200 of 250 kinds of hosts, those with the most hosts' page.html

fleet 20 > few.jsonl
run pool matrix --html few.html few.jsonl
is "one of few has them all" [ "$rc:$(grep -c 'kinds of hosts, those with' few.html)" = 0:0 ]
exit "$failed"
