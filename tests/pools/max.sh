#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Default and max: what widen and narrow make of them, and what they refuse.
# shellcheck source=tests/pools/lib.sh disable=SC2317 # some are called by is()
. "$(dirname "$0")/lib.sh"

# Hosts with TSX (hle, rtm), and one from which new microcode took it.
tsx='s/0x20000320/0x20000b30/'
host tsx-1 host-a "$tsx"
host tsx-2 host-a "$tsx"
host tsx-gone host-a 's/0xa201025/0xa201026/'
# MD_CLEAR is bad news: a pool has it if any host does.
host bad-news host-a '/"leaf": "0x00000007"/s/"edx": "0x00000000"/"edx": "0x00000400"/'
host plain host-a ''
host intel host-intel ''
compute() { "$LEVELCTL" pool compute "${@:3}" --name "$2" -o "$1" 2> err; }
compute old.json old tsx-1.json tsx-2.json
compute new.json new tsx-1.json tsx-gone.json
compute intel-base.json intel intel.json

# words LEAF REG SIDE FILE: a register, of the default or of max
words()
{
	python3 -c '
import json, sys
leaf, reg, side, file = sys.argv[1:]
d = json.load(open(file))
d = d["max"] if side == "max" else d
print(next((r[reg] for r in d["cpuid"] if r["leaf"] == leaf), "none"))' "$@"
}

run baseline widen new.json --with old.json tsx-1.json tsx-2.json -o wide.json
is "widen keeps what every host has" [ "$rc" = 0 ]
is "... in max" [ "$(words 0x00000007 ebx max wide.json)" = 0x20000b30 ]
is "... and offers it to no new guest" [ "$(words 0x00000007 ebx default wide.json)" = 0x20000320 ]
is "... and says which" grep -q 'max has rtm beyond the default' err
is "... and prints nothing where it writes a file" [ ! -s out ]
allowed "what widen makes is a baseline" 'well-formed' baseline verify --no-host wide.json
allowed "... that its hosts can run" 'tsx-2 +yes' pool check wide.json tsx-1.json tsx-2.json
run pool check wide.json tsx-1.json tsx-gone.json
is "... and another can't" [ "$rc" = 1 ]
is "... but has the default" grep -qE 'tsx-gone +default only' out
is "... and lacks of max, by name" grep -qE 'tsx-gone +max +.*\(hle, rtm\)' out

refused 1 "widen refuses what one host lacks" 'tsx-gone lacks CPUID 0x7.0:ebx bits 0x810 \(hle, rtm\)' \
	baseline widen new.json --with old.json tsx-1.json tsx-gone.json
rm -f none.json
refused 1 "... and says how to have the rest" '--partly keeps the rest' \
	baseline widen new.json --with old.json tsx-1.json tsx-gone.json -o none.json
is "... and leaves no file" [ ! -e none.json ]
allowed "--partly keeps the rest" '"name": "new"' \
	baseline widen --partly new.json --with old.json tsx-1.json tsx-gone.json
json "... which is the default here" '"max" not in d'
is "... and that is said" grep -q 'max is the default' err

allowed "widen without --with keeps all that hosts have" '"max"' baseline widen new.json tsx-1.json tsx-2.json
cp out all.json
is "... as the pool of these hosts" [ "$(words 0x00000007 ebx max all.json)" = "$(words 0x00000007 ebx default old.json)" ]

compute bad-old.json bad-old bad-news.json
compute plain-new.json plain-new plain.json
allowed "a guest that knows bad news keeps it" '"max"' baseline widen plain-new.json --with bad-old.json plain.json
cp out bad-wide.json
is "... in max" [ "$(words 0x00000007 edx max bad-wide.json)" = 0x00000400 ]
is "... and new guests hear nothing of it" [ "$(words 0x00000007 edx default bad-wide.json)" = 0x00000000 ]
allowed "bad news of the default stays in max" '"name": "bad-old"' baseline widen bad-old.json --with plain-new.json plain.json
json "... so that it is the default" '"max" not in d'

refused 1 "widen asks that the hosts have the default" 'not every host can run "old" as it is' \
	baseline widen old.json tsx-gone.json
refused 1 "widen with another vendor's" 'is for GenuineIntel processors|and "new" is for' \
	baseline widen new.json --with intel-base.json tsx-1.json
pv='s/"eax": "0x01000009"/"eax": "0x01000089"/'
host pv-amd host-a "$pv; $tsx"
host pv-intel host-intel "$pv; $tsx"
host plain-intel host-intel ''
compute pv-old.json pv-old --vendor amd pv-amd.json
compute two-old.json two-old --vendor amd pv-amd.json pv-intel.json
compute two.json two --vendor amd pv-amd.json plain-intel.json
allowed "widen a baseline for two vendors" '"vendors": \["AuthenticAMD", "GenuineIntel"\]' \
	baseline widen two.json pv-amd.json pv-intel.json
cp out two-wide.json
is "... by what hosts of both have" [ "$(words 0x00000007 ebx max two-wide.json)" = 0x20000b30 ]
is "... but no hypercalls" [ "$(words 0x40000001 eax default two-wide.json) $(words 0x40000001 eax max two-wide.json)" = '0x01000009 0x01000009' ]
allowed "... and both can run it" 'pv-intel +yes' pool check two-wide.json pv-amd.json pv-intel.json
allowed "widen it by an older one for both" '"max"' \
	baseline widen two.json --with two-old.json pv-amd.json pv-intel.json
refused 1 "widen it by hypercalls of an older one" 'its guests make hypercalls' \
	baseline widen two.json --with pv-old.json pv-amd.json pv-intel.json
allowed "... which --partly leaves out" '"max"' \
	baseline widen two.json --partly --with pv-old.json pv-amd.json pv-intel.json
refused 1 "widen one for one vendor with hosts of both" 'plain-intel is GenuineIntel, and "new" is for AuthenticAMD' \
	baseline widen new.json tsx-1.json plain-intel.json
refused 2 "widen without a host" 'a host dump is missing' baseline widen new.json
refused 2 "--partly of nothing" '--partly goes with --with' baseline widen --partly new.json tsx-1.json

run baseline narrow old.json --without rtm,hle -o narrow.json
is "narrow takes features from new guests" [ "$(words 0x00000007 ebx default narrow.json)" = 0x20000320 ]
is "... and leaves them in max" [ "$(words 0x00000007 ebx max narrow.json)" = 0x20000b30 ]
is "... with the sizes of its state" [ "$(words 0x0000000d ecx max narrow.json)" = 0x00000340 ]
allowed "... where hosts still must have them" 'tsx-1 +yes' pool check narrow.json tsx-1.json
allowed "narrow takes what needs it as well" '"max"' baseline narrow old.json --without avx
json "... avx2 needs avx" '"avx2" not in d["features"] and "avx" not in d["features"]'
cp out no-avx.json
is "... and sizes follow, in the default only" [ "$(words 0x0000000d ecx default no-avx.json)" = 0x00000240 ]
is "... max's are as they were" [ "$(words 0x0000000d ecx max no-avx.json)" = 0x00000340 ]
allowed "narrow twice" '"max"' baseline narrow narrow.json --without avx
cp out twice.json
is "... leaves max alone" [ "$(words 0x00000007 ebx max twice.json)" = 0x20000b30 ]
allowed "a copy of a bit goes with it" '"max"' baseline narrow old.json --without mmx
cp out mmx.json
is "... in leaf 0x80000001" [ $(($(words 0x80000001 edx default mmx.json) >> 23 & 1)) = 0 ]
# Nested VMX: EPT (33) and its log (49) of 0x48b, accessed bits (21) and INVEPT (20) of 0x48c,
# the secondary controls (63) of 0x48e.
nested='s/0x16d8220b/0x16d8222b/; s/"msr": \[/&{"index": "0x0000048b", "value": "0x0002002200000000"}, {"index": "0x0000048c", "value": "0x0000000000300000"}, {"index": "0x0000048e", "value": "0x8000000000000000"}/'
host nested host-intel "$nested"
compute nested-pool.json nested nested.json
allowed "narrow leaves nested features whose need is there" '"vmx-ept", "vmx-vpid", "vmx-pml", "vmx-invept", "vmx-eptad"' \
	baseline narrow nested-pool.json --without avx
allowed "narrow takes nested features whose need goes" '"vmx-vpid"' \
	baseline narrow nested-pool.json --without vmx-ept
json "... all of them" 'not {"vmx-ept", "vmx-pml", "vmx-invept", "vmx-eptad"} & set(d["features"])'
json "... and leaves them in max" 'any(m["value"] == "0x0002002200000000" for m in d["max"]["msr"])'
refused 1 "narrow by what is not there" 'avx512f is not in the default of "old"' \
	baseline narrow old.json --without avx512f
refused 1 "narrow by bad news" 'no feature that a guest can do without' \
	baseline narrow bad-old.json --without md-clear
refused 1 "narrow by nonsense" '"frob" is no feature' baseline narrow old.json --without rtm,frob
refused 2 "narrow by nothing" '--without is missing' baseline narrow old.json
refused 2 "narrow by a comma" '--without names no feature' baseline narrow old.json --without ,
refused 1 "narrow into a folder that is not there" 'No such file' \
	baseline narrow old.json --without rtm -o none/x.json
exit "$failed"
