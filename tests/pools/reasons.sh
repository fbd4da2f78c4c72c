#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Why a pool has lost a feature that all of its hosts have, and what is told of dumps that
# leave something out.
# shellcheck source=tests/pools/lib.sh disable=SC2317 # some are called by is()
. "$(dirname "$0")/lib.sh"

# lost NAME FEATURE MEMBERS: what out has of it in "lost", as Python's dict
lost()
{
	json "$1" "[{k: v for k, v in l.items() if k != 'feature'} for l in d['lost'] if l['feature'] == '$2'] == [$3]"
}

# --- layouts -----------------------------------------------------------------
differs="its layout differs from host to host"
host a host-a ''
host same host-a 's/0xa201025/0xa201026/'
host moved host-a '/"subleaf": "0x00000002"/s/"ebx": "0x00000240"/"ebx": "0x00000280"/'
host larger host-a '/"subleaf": "0x00000002"/s/"eax": "0x00000100"/"eax": "0x00000200"/'
host untold host-a '/"leaf": "0x0000000d", "subleaf": "0x00000002"/d'
host untold-too host-a '/"leaf": "0x0000000d", "subleaf": "0x00000002"/d'

allowed "state that lies alike on all hosts stays" '"avx", .*"xcr0-avx"' pool compute a.json same.json
json "... and nothing is lost" 'd["lost"] == []'
is "... nor said of its size" sh -c '! grep -q "tells the size" err'
for host in moved larger; do
	allowed "state that is $host on one host goes" '"lost"' pool compute a.json $host.json
	lost "... because of its layout" xcr0-avx "{'because': '$differs', 'missing_on': []}"
	lost "... and what is built on it" avx "{'needs': 'xcr0-avx', 'missing_on': []}"
	lost "... one after the other" avx2 "{'needs': 'avx', 'missing_on': []}"
done
allowed "state of which one host does not tell goes" '"lost"' pool compute a.json untold.json same.json
lost "... and the host is named" xcr0-avx "{'because': 'not every host tells how large its state is', 'untold_on': ['untold'], 'missing_on': []}"
is "... before anybody looks" grep -q '^levelctl: warning: untold: XCR0 has state of which' err
allowed "state of which no host tells goes" '"lost"' pool compute untold.json untold-too.json
lost "... and that is told" xcr0-avx "{'because': 'no host tells how large its state is', 'missing_on': []}"
is "... with the hosts" grep -q 'warning: untold, untold-too: XCR0 has state' err
allowed "one that differs beside one that does not tell" '"lost"' pool compute a.json untold.json moved.json
lost "... is a layout that differs" xcr0-avx "{'because': '$differs', 'missing_on': []}"

# A trace's format is LIP (0x14.0:ecx[31]); its buffers (ecx[0]) are a feature.
trace='s/"eax": "0x0000000d", "ebx": "0x756e6547"/"eax": "0x00000014", "ebx": "0x756e6547"/
	s/"ebx": "0x20000320"/"ebx": "0x22000320"/
	/"leaf": "0x40000000"/s/^/{"leaf": "0x00000014", "subleaf": "0x00000000", "eax": "0x00000000", "ebx": "0x00000001", "ecx": "0x00000001", "edx": "0x00000000"},\n/'
host trace host-intel "$trace"
host trace-same host-intel "$trace; s/0xa201025/0xa201026/"
host trace-lip host-intel "$trace; s/\"ebx\": \"0x00000001\", \"ecx\": \"0x00000001\"/\"ebx\": \"0x00000001\", \"ecx\": \"0x80000001\"/"
allowed "a trace of one format stays" '"intel-pt"' pool compute trace.json trace-same.json
json "... and nothing of it is lost" 'd["lost"] == []'
allowed "one of two formats goes" '"lost"' pool compute trace.json trace-lip.json
lost "... because of its layout" intel-pt "{'because': '$differs', 'missing_on': []}"
json "... and with it what its leaf has" '[l["needs"] for l in d["lost"] if l["feature"] != "intel-pt"] == ["intel-pt"] * 2'

# --- what is needed ------------------------------------------------------------
# XCR0's bit goes with the feature that one host lacks.
host no-avx host-a '/"leaf": "0x00000001"/s/"ecx": "0x[0-9a-f]{8}"/"ecx": "0x06d8220b"/; s/0x20000320/0x20000300/'
allowed "state of a feature that one host lacks goes" '"lost"' pool compute a.json no-avx.json
lost "... with the feature" xcr0-avx "{'needs': 'avx', 'missing_on': []}"
lost "... which names the host" avx "{'missing_on': ['no-avx']}"

# ends FILE: does each lost feature have a reason, and each chain of needs an end?
ends()
{
	python3 - "$1" <<-'EOT'
	import json, sys
	lost = {l["feature"]: l for l in json.load(open(sys.argv[1]))["lost"]}
	for name in lost:
	    seen, at = [], name
	    while at in lost and "needs" in lost[at] and at not in seen:
	        seen.append(at)
	        at = lost[at]["needs"]
	    end = lost.get(at, {"because": "no host has it"})
	    if at in seen or not {"because", "above"} & end.keys() | set(end.get("missing_on", [])):
	        sys.exit(f"{name}: {seen} {at} {end}")
	EOT
}

if [ -d "$hosts" ]; then
	run pool compute --raw-ok --vendor intel "$hosts"/*ICX_CPUID3.json "$hosts"/*Genoa_01_CPUID.json
	is "two vendors' layouts are told of" grep -q "\"xcr0-pkru\", \"because\": \"$differs\"" out
	is "... and no reason goes in a circle" ends out
	seed=${SEED:-$RANDOM}
	echo "# SEED=$seed"
	for vendor in AuthenticAMD GenuineIntel '{AuthenticAMD,GenuineIntel}'; do
		rc=0
		for i in 1 2 3 4 5 6; do
			eval "ls \"$hosts\"/instlat-$vendor*" > list
			shuf -n 4 --random-source=<(yes "$seed $i $vendor") list > some
			if ! xargs "$LEVELCTL" pool compute --raw-ok --vendor amd --identity 6/85/4 \
				< some > out 2> err || ! ends out 2> why; then
				rc=1
				break
			fi
		done
		is "reasons of drawn pools end: $vendor" [ $rc = 0 ]
		[ $rc = 0 ] || cat some why
	done
else
	skip "reasons of real pools" "no hosts in $hosts"
fi

# --- names ----------------------------------------------------------------------
mkdir x y z
sed 's/"name": "[^"]*"/"name": "localhost"/' a.json > x/localhost.json
cp x/localhost.json y
sed 's/0x20000320/0x20000300/' x/localhost.json > z/localhost.json
allowed "two dumps of a host that has not changed" . pool compute x/localhost.json y/localhost.json a.json
is "... are one host's" sh -c '! grep -q "words differ" err'
allowed "two of one name that have" '"missing_on": \["localhost"\]' \
	pool compute x/localhost.json y/localhost.json z/localhost.json
is "... are told apart by their files" grep -q 'warning: x/localhost.json and z/localhost.json both have a host "localhost"' err
json "... in the pool, too" 'any("both have a host" in w for w in d["warnings"])'
python3 -c 'import json
for f in ("x", "z"): print(json.dumps(json.load(open(f + "/localhost.json"))))' > fleet.jsonl
allowed "two of one file" . pool compute fleet.jsonl
is "... likewise" grep -qE 'warning: fleet.jsonl.* has two hosts "localhost" whose words differ' err
for name in '"name": ""' '"microcode": "0"'; do
	sed -E "s/\"name\": \"[^\"]*\"/$name/; /\"microcode\": \"0xa/d" z/localhost.json > nameless.json
	allowed "a host with $name" '"missing_on": \["nameless.json"\]' pool compute a.json nameless.json
	python3 -c 'import json; print(json.dumps(json.load(open("nameless.json"))))' > nameless.jsonl
	allowed "... one a line" '"missing_on": \["nameless.jsonl[:0-9]*"\]' pool compute a.json nameless.jsonl
done

# --- nested VMX and clocks of which dumps don't tell ------------------------------
# Pin-based, processor-based, exit and entry controls, as they must and may be; 0x48b: none.
controls='s/0x16d8220b/0x16d8222b/; s/"msr": \[/&{"index": "0x0000048b", "value": "0x0000000000000000"}, {"index": "0x0000048d", "value": "0x0000007f00000016"}, {"index": "0x0000048e", "value": "0xfff9fffe04006172"}, {"index": "0x0000048f", "value": "0x01ffffff00036dfb"}, {"index": "0x00000490", "value": "0x0003ffff000011fb"}/'
host vmx host-intel "$controls"
host vmx-same host-intel "$controls; s/0xa201025/0xa201026/"
host vmx-mute host-intel 's/0x16d8220b/0x16d8222b/'
host vmx-may host-intel "$controls; s/7f00000016/1600000000/"
host no-vmx host-intel ''
allowed "nested VMX of two hosts that tell of it" '"vmx"' pool compute vmx.json vmx-same.json
is "... is no matter for a word" sh -c '! grep -q vmx err'
allowed "... and of one that does not" '"vmx"' pool compute vmx.json vmx-mute.json
is "... is one, with the host" grep -q "warning: vmx-mute: vmx without what its MSRs" err
is "... and what becomes of it" grep -q 'vmx is in the baseline, but controls that must be 1 .*0x16 of MSR 0x48d' err
allowed "... and of one that only says what may be" '"vmx"' pool compute vmx.json vmx-may.json
is "... too" grep -q "warning: vmx-may: vmx without what" err
allowed "without vmx in the pool" '"feature": "vmx", "missing_on": \["no-vmx"\]' \
	pool compute vmx.json vmx-mute.json no-vmx.json
is "... nobody need mind" sh -c '! grep -q "vmx without" err'
run pool compute -o mute.json vmx.json vmx-mute.json
run baseline narrow mute.json --without vmx -o narrow.json
is "... and so it can be had" sh -c '! grep -q "0x0000048[de]" narrow.json || python3 -c "
import json; d = json.load(open(\"narrow.json\")); exit(\"vmx\" in d[\"features\"] or len(d[\"msr\"]))"'

# The speed of its TSC, in MHz (0x16).
speed()
{
	host "$1" "$2" "$3; /\"leaf\": \"0x40000000\"/s/^/{\"leaf\": \"0x00000016\", \"subleaf\": \"0x00000000\", \"eax\": \"$4\", \"ebx\": \"0x00000000\", \"ecx\": \"0x00000000\", \"edx\": \"0x00000000\"},\n/"
}
speed slow host-intel "$controls" 0x000007d0
speed fast host-intel "$controls" 0x00000bb8
speed fast-mute host-intel '' 0x00000bb8
speed slow-mute host-intel '' 0x000007d0
speed fast-scales host-intel "${controls/0x0000000000000000/0x0200000000000000}" 0x00000bb8
speed slow-scales host-intel "${controls/0x0000000000000000/0x0200000000000000}" 0x000007d0
speed slow-amd host-a '' 0x000007d0
speed fast-amd host-a '' 0x00000bb8
allowed "hosts that scale the TSC" . pool compute slow-scales.json fast-scales.json
is "... may differ in it" sh -c '! grep -q "the TSC runs" err'
allowed "hosts that don't" . pool compute slow.json fast.json
is "... may not, in silence" grep -q 'at 2000000 kHz on slow and at 3000000 kHz on fast, and these have no TSC scaling: slow, fast; a guest' err
allowed "hosts that don't say" . pool compute slow-mute.json fast-mute.json
is "... are not said to have none" grep -q 'fast-mute, and whether these have TSC scaling is not known: slow-mute, fast-mute; a guest' err
allowed "one that doesn't, and one that doesn't say" . pool compute slow.json fast-mute.json
is "... are told apart" grep -q 'these have no TSC scaling: slow; whether these have is not known: fast-mute; a guest' err
allowed "AMD's tell of it in CPUID" . pool compute slow-amd.json fast-amd.json
is "... so that it is known" grep -q 'these have no TSC scaling: slow-amd, fast-amd;' err
exit "$failed"
