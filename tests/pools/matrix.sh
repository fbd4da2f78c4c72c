#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# pool matrix in the terminal: who has what, how it is drawn.
# shellcheck source=tests/pools/lib.sh disable=SC2317 # some are called by is()
. "$(dirname "$0")/lib.sh"

no_fpu() { ! grep -qw fpu out; }

host a1 host-a ''
host a2 host-a ''
host b1 host-b ''
host c1 host-b 's/0x20000300/0x20000200/'
host intel host-intel ''

allowed "the matrix has a row for features that the same hosts lack" '^\. \. x +avx2$' pool matrix a1.json a2.json b1.json c1.json
is "... and marks the only kind that lacks one" grep -qE '^! x x +bmi2$' out
is "... counts what hosts give and cost" grep -qE '^ +1  Zen 3 +[0-9]+ +1 +[0-9]+  c1$' out
is "... names all hosts of a kind" grep -qE 'a1, a2$' out
is "... and leaves out what all have" no_fpu
allowed "--all shows that as well" '^x x x +pni' pool matrix --all a1.json b1.json c1.json
run pool matrix --json a1.json a2.json b1.json c1.json
json "the matrix, for programs" \
	'd["schema"] == "kvm-level/matrix/1" and [f for f in d["vendors"][0]["features"] if f["feature"] == "avx2"] == [{"feature": "avx2", "where": "0x7.0:ebx[5]", "given": False, "missing_on_kinds": [1, 2]}]'
json "... with the hosts of each kind" '[k["hosts"] for k in d["vendors"][0]["kinds"]] == [["c1"], ["b1"], ["a1", "a2"]]'
json "... and what those behind a kind give" 'sorted(k["onward"] for k in d["vendors"][0]["kinds"]) == [k["onward"] for k in d["vendors"][0]["kinds"]] and d["vendors"][0]["kinds"][2]["onward"] == d["vendors"][0]["kinds"][2]["features"]'
# costs_as_compute NAME HOST...: COSTS are how many features compute says each costs
costs_as_compute()
{
	local name=$1

	shift
	run pool compute --raw-ok --json "$@"
	mv out compute
	run pool matrix --json "$@"
	json "$name" '(lambda costs: any(costs.values()) and
		all(k["costs"] == costs.get(k["hosts"][0], 0)
		    for v in d["vendors"] for k in v["kinds"] if len(k["hosts"]) == 1))(
		{c["host"]: len(c["features"]) for c in json.load(open("compute"))["costs"]})'
}

# AVX's state lies elsewhere on these two, so the pool has it only without either.
host l1 host-a 's/0x00000240/0x00000340/'
host l2 host-a 's/0x00000240/0x00000440/'
costs_as_compute "COSTS count what comes back when a layout leaves" a1.json a2.json l1.json c1.json
run pool matrix --json a1.json a2.json l1.json
json "... which is something" '[k["costs"] for k in d["vendors"][0]["kinds"] if k["hosts"] == ["l1"]] != [0]'
run pool matrix --json a1.json b1.json l1.json l2.json
json "... and nothing where another layout stays" 'all(k["costs"] == 0 for k in d["vendors"][0]["kinds"] if k["hosts"][0][0] == "l")'
if [ $whose = real ]; then
	# Processor trace gives LIP or not: with both, it goes, and whose it is decides.
	costs_as_compute "COSTS of a host whose processor trace differs" \
		"$hosts"/instlat-GenuineIntel00{706A8_GoldmontPlus_CPUID2,B06A2_RaptorLakeP_03_CPUID}.json
	costs_as_compute "... and of one of two that differ from the rest" \
		"$hosts"/instlat-GenuineIntel00{A0655_CometLake_CPUID3,50654_SkylakeX_CPUID,506C9_Goldmont_CPUID3}.json \
		"$hosts"/libvirt-Core-i7-7700.json
else
	skip "COSTS of a host whose processor trace differs" "the real hosts are not here"
fi
some() { printf '%s\n' "$hosts"/*"$1"*.json | shuf -n "$2" --random-source=<(yes "${SEED-1}$3"); }
for seed in 1 2 3 4 5 6 7 8; do
	vendor=GenuineIntel
	[ $((seed % 2)) = 1 ] || vendor=AuthenticAMD
	mapfile -t chosen < <(some $vendor $((2 + seed)) $seed)
	costs_as_compute "COSTS of $whose hosts are those of compute, $vendor, seed $seed" "${chosen[@]}"
done
run pool matrix --all --json a1.json b1.json
json "--all, for programs" '[f["given"] for f in d["vendors"][0]["features"] if f["feature"] == "fpu"] == [True]'
allowed "two vendors are two matrices" '^GenuineIntel: 1 host' pool matrix a1.json intel.json
allowed "equal hosts differ in nothing" '2 hosts of 1 kind give [0-9]+ features; 0 more are lost' pool matrix a1.json a2.json
refused 2 "no hosts" 'a host dump is missing' pool matrix
# Family 0x17: model 1 is Zen, 8 is Zen+.
for model in 1 8; do
	host "zen-$model" host-a "s/\"family\": 25/\"family\": 23/; s/\"model\": 33/\"model\": $model/"
done
allowed "a kind of two generations has both names" '^ +1  Zen\+, Zen ' pool matrix zen-8.json zen-1.json
allowed "... in whatever order" '^ +1  Zen, Zen\+ ' pool matrix zen-1.json zen-8.json
for model in 240 241; do
	host "new-$model" host-a "s/\"family\": 25/\"family\": 99/; s/\"model\": 33/\"model\": $model/"
done
COLUMNS=100 allowed "... known or not" '^ +1  family 99 model 240, ' pool matrix new-240.json new-241.json
allowed "... and of one has it once" '^ +1  Zen\+   ' pool matrix zen-8.json zen-8.json
refused 2 "a page of what all hosts have" '--html or --all, not both' pool matrix --all --html x.html a1.json
is "... is not written" [ ! -e x.html ]
run pool matrix --html x.html a1.json b1.json
is "a page of what some lack is" [ "$rc" = 0 -a -s x.html ]
refused 2 "a title without a page" '.-title is that of a page' pool matrix --title x a1.json b1.json
refused 2 "a page and JSON" '--html or --json, not both' pool matrix --json --html x.html a1.json

# --- drawing ---
widest() { awk '{ if (length > m) m = length } END { print m + 0 }' out; }
for width in 40 60 80 200; do
	COLUMNS=$width run pool matrix a1.json b1.json c1.json
	sed -i '/has it, .* lacks it\|COSTS: those\|these hosts and of all\|give .* features;/d' out
	is "$width columns are enough" [ "$(widest)" -le "$width" ]
done
for i in $(seq 0 63); do
	host "many-$i" host-a "s/0x20000320/$(printf '0x%08x' $((0x20000300 | (i & 7) << 18 | (i & 8) << 20 | (i & 48) << 20)))/"
done > /dev/null 2>&1
run pool matrix many-*.json
is "many kinds stand close" grep -qE '^[x.!]{20,} +rdseed' out
nr=$(sed -nE 's/.* of ([0-9]+) kinds.*/\1/p' out)
COLUMNS=60 run pool matrix many-*.json
is "... or in blocks, on a narrow terminal" [ "$(grep -cE ' +([a-z0-9-]+ )*rdseed( |$)' out)" -gt 1 ]
is "... with a column for each kind" [ "$(grep -E '^[x.!]+ +([a-z0-9-]+ )*rdseed( |$)' out | sed 's/ .*//' | tr -d '\n' | wc -c)" = "$nr" ]
escape=$(printf '\033')
is "no colour into a file" [ "$(grep -c "$escape" out)" = 0 ]
# script(1) gives it a terminal: on_terminal VARIABLE=VALUE...
on_terminal()
{
	env -u NO_COLOR TERM=xterm "$@" script -qec "$LEVELCTL pool matrix $PWD/a1.json $PWD/b1.json" \
		/dev/null < /dev/null > out 2> err
}
on_terminal LC_ALL=C.UTF-8
is "colour on a terminal" grep -q "$escape\[32m" out
is "... and signs, where it speaks UTF-8" grep -q '■' out
on_terminal LC_ALL=C NO_COLOR=1
is "none with NO_COLOR" [ "$(grep -c "$escape" out)" = 0 ]
is "... and plain signs in the C locale" grep -qE '^x' out
printf '{"name":"x\\u001b[31mred","cpuid":[]}\n' > evil.json
allowed "a name can't colour a terminal" 'x\?\[31mred' pool matrix evil.json
printf '{"name":"x","cpuid":[{"leaf":"0x0","eax":"0x1","ebx":"0x6d315b1b","ecx":"0xff","edx":"0x41"}]}\n' > evil.json
allowed "a vendor can't either" '^\?\[1mA' pool matrix evil.json
printf '{"name":"x","cpuid":[]}\n' > nobody.json
allowed "a host without CPUID has no vendor" '^unknown: 1 host of 1 kind give 0 features' pool matrix nobody.json

# --- progress ---
# A file that takes longer than levelctl's patience.
mkfifo slow.json
slowly() { (sleep 0.6; cat b1.json) > slow.json & }
slowly
env TERM=xterm script -qec "timeout 60 $LEVELCTL pool plan -k 1 $PWD/a1.json $PWD/slow.json > out" /dev/null \
	< /dev/null > typescript
is "progress on a terminal" grep -q 'levelctl: reading files: 2 of 2 (100 %)' typescript
is "... which is wiped away" grep -q "$(printf '\r\033\[K')\$" typescript
slowly
TERM=xterm run pool plan -k 1 a1.json slow.json
is "none into a file" [ "$rc:$(cat err)" = 0: ]
slowly
env TERM=xterm script -qec "timeout 60 $LEVELCTL pool compute $PWD/a1.json $PWD/slow.json > out" /dev/null \
	< /dev/null > typescript
is "progress of pool compute" grep -q 'levelctl: reading files: 2 of 2 (100 %)' typescript
is "... which is wiped away" grep -q "$(printf '\r\033\[K')\$" typescript
slowly
TERM=xterm run pool compute a1.json slow.json
is "... and none into a file" [ "$rc:$(cat err)" = 0: ]
exit "$failed"
