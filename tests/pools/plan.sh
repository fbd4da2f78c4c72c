#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# pool plan: its refusals, what it prints and writes; plan.py asks whether it is right.
# shellcheck source=tests/pools/lib.sh disable=SC2317 # some are called by is()
. "$(dirname "$0")/lib.sh"

host a1 host-a ''
host a2 host-a ''
host a3 host-a 's/0x20000320/0x20000b30/'
host b1 host-b ''
host b2 host-b ''
host intel host-intel ''
host raw host-raw ''

allowed "two kinds in two pools lose nothing" '4 hosts of 2 kinds in 2 pools: score 0 ' \
	pool plan -k 2 a1.json b1.json a2.json b2.json
is "... like with like" grep -qE '^  hosts +a1 a2$' out
is "... and says how it is scored" grep -q 'features that a host could give its guests' out
allowed "one pool loses avx2 on the two that have it" 'score 2 ' pool plan -k 1 a1.json a2.json b1.json
is "... and says whom that costs" grep -qE 'lost on 2 of 3 hosts, missing on b1:' out
is "... what" grep -qE '^ +avx2$' out
run pool plan --json -k 1 a1.json a2.json b1.json
json "... and programs" 'd["schema"] == "kvm-level/plan/1" and d["score"] == 2 and d["pools"][0]["lost"] == [{"features": ["avx2"], "lost_on": 2, "missing_on": ["b1"]}]'
allowed "a pool to each of two vendors" 'pool-2: 1 host .*GenuineIntel' pool plan -k 2 a1.json intel.json
refused 1 "two vendors in one pool" 'hosts of 2 vendors \(AuthenticAMD, GenuineIntel\) need as many pools' \
	pool plan -k 1 a1.json intel.json
refused 1 "more pools than hosts" '3 pools of 2 hosts: a pool has at least one' pool plan -k 3 a1.json b1.json
allowed "as many pools as hosts" 'in 2 pools' pool plan -k 2 a1.json b1.json
allowed "more pools than kinds: the rest is not made" 'in 2 pools: score 0' pool plan -k 3 a1.json a2.json b1.json
is "... and that is said" grep -q '2 pools lose nothing: .* so 1 are not made' out
refused 2 "no pools" '-k is at least 1' pool plan -k 0 a1.json
refused 2 "minus one pool" '-k must be a number' pool plan -k -1 a1.json
refused 2 "nobody said how many" '-k is missing' pool plan a1.json
refused 2 "no hosts" 'a host dump is missing' pool plan -k 1
refused 2 "an unknown method" '--method is auto, exact or heuristic' pool plan -k 1 --method magic a1.json
refused 2 "a name with a slash" '--name has a slash' pool plan -k 1 --name ../x a1.json
refused 1 "raw dumps" 'raw CPUID, not what KVM offers' pool plan -k 1 raw.json
allowed "raw dumps, wanted" 'in 1 pool:' pool plan -k 1 --raw-ok raw.json

# Where AVX's state lies elsewhere, a pool loses AVX, though all have it.
host moved host-a '/"0x0000000d", "subleaf": "0x00000002"/s/0x00000240/0x00000280/'
allowed "layouts that differ cost a feature that all have" 'lost on all 2 hosts, whose layouts differ' \
	pool plan -k 1 a1.json moved.json
is "... with what needs it" grep -qE '^ +avx avx2 xcr0-avx$' out
allowed "... but not in pools of their own" 'score 0 ' pool plan -k 2 a1.json moved.json

# 17 kinds: four bits of leaf 7 (rdseed, adx, smap, clflushopt), and one without ERMS.
for i in $(seq 0 16); do
	host "many-$i" host-a "s/0x20000320/$(printf '0x%08x' $(((0x20000300 & ~(i / 16 << 9)) | (i & 7) << 18 | (i & 8) << 20)))/"
done 2> /dev/null > /dev/null
allowed "16 kinds are planned exactly" 'no partition has less' pool plan -k 3 many-?.json many-1[0-5].json
allowed "17 kinds are not" 'found by heuristics' pool plan -k 3 many-*.json
refused 1 "... not even on demand" 'more than 16 kinds of hosts of one vendor' \
	pool plan -k 3 --method exact many-*.json

# --- files ---
run pool plan -k 2 --output plan --name blue a1.json b1.json a2.json
is "plan writes a baseline for each pool" [ "$rc:$(ls plan)" = "0:blue-1.json
blue-2.json" ]
for n in 1 2; do
	allowed "... well-formed: $n" 'well-formed' baseline verify --no-host plan/blue-$n.json
done
run pool compute --name blue-1 a1.json a2.json
is "... that of pool compute" cmp -s out plan/blue-1.json
allowed "... which the pool's hosts can run" 'a2 +yes' pool check plan/blue-1.json a1.json a2.json
cp -r plan before
refused 1 "plan writes over nothing" 'plan: there is something in it already' \
	pool plan -k 1 --output plan --name blue a1.json
is "... and leaves it as it was" diff -r plan before
mkdir empty
run pool plan -k 1 --output empty a1.json
is "an empty folder is a place to write to" [ -s empty/pool-1.json ]
refused 1 "a folder in a folder that is not there" 'none/plan.*: No such file' \
	pool plan -k 1 --output none/plan a1.json
refused 1 "nothing is half written" 'vendors' pool plan -k 1 --output half a1.json intel.json
for more in '' --json; do
	"$LEVELCTL" pool plan -k 2 $more --output full a1.json b1.json a2.json > /dev/full 2> err
	rc=$?
	is "a plan that nobody can read is refused: $more" [ "$rc" = 1 ]
	is "... and leaves no baselines" [ ! -e full ]
	"$LEVELCTL" pool plan -k 2 $more --output read a1.json b1.json a2.json > out 2> err
	rc=$?
	is "one that is read is done: $more" [ "$rc" = 0 ]
	is "... and leaves them" [ "$(ls read)" = "$(printf 'pool-1.json\npool-2.json')" ]
	rm -r read
done
is "... not even under another name" [ "$(echo half* plan.*)" = "half* plan.*" ]

python3 "$here/plan.py" "$hosts" "$whose" || failed=1
exit "$failed"
