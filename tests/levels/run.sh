#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh: named levels and exported baselines. Refusals stand beside something like
# them that is allowed; what consumers make of an export is for consumers.py, what
# others say of a generation for generations.py.
#	LEVELCTL=path	test that one instead of building the sanitized one
#	KL_HOSTS=path	real hosts' dumps
#	SEED=n		the same random pools again
# shellcheck disable=SC2016 # what sh -c is given has dollars of its own
set -u
cd "$(dirname "$0")" || exit 1
here=$PWD
fixtures=$PWD/../levelctl/fixtures
hosts=${KL_HOSTS:-$PWD/../../../shared/hosts}
export LC_ALL=C NO_COLOR=1 ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

if [ -z "${LEVELCTL-}" ]; then
	make -s -C ../../userspace asan >/dev/null || exit 1
	LEVELCTL=$(cd ../../userspace && pwd)/levelctl-asan
fi
export LEVELCTL
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp "$fixtures"/*.json "$tmp"
cd "$tmp" || exit 1

failed=0

ok() { echo "ok $1"; }
not_ok() { echo "not ok $1: $2"; failed=1; }

# levelctl's exit code into $rc, what it prints into out and err.
run()
{
	"$LEVELCTL" "$@" >out 2>err </dev/null
	rc=$?
}

sane() { [ "$rc" -le 2 ] && ! grep -qE 'Sanitizer|runtime error' err; }

# allowed NAME PATTERN ARG...: exit 0, and stdout has PATTERN
allowed()
{
	local name=$1 pattern=$2

	shift 2
	run "$@"
	if ! sane || [ $rc != 0 ]; then not_ok "$name" "exit $rc: $(head -c 300 err)"
	elif ! grep -qE -- "$pattern" out; then not_ok "$name" "stdout lacks $pattern"
	else ok "$name"; fi
}

# refused CODE NAME PATTERN ARG...: that exit code, PATTERN on stderr, nothing on stdout
refused()
{
	local code=$1 name=$2 pattern=$3

	shift 3
	run "$@"
	if ! sane || [ $rc != "$code" ]; then not_ok "$name" "exit $rc, not $code: $(head -c 300 err)"
	elif ! grep -qE -- "$pattern" err; then not_ok "$name" "stderr lacks $pattern: $(head -c 300 err)"
	elif [ -s out ]; then not_ok "$name" "refused, but printed"
	else ok "$name"; fi
}

# is NAME COMMAND...: the command's word for it
is()
{
	local name=$1

	shift
	if "$@"; then ok "$name"; else not_ok "$name" "$(head -c 300 err)"; fi
}

# features FILE: a baseline's or a level's, one a line
features() { python3 -c 'import json, sys; print(*json.load(open(sys.argv[1]))["features"], sep="\n")' "$1"; }

# --- the list -----------------------------------------------------------
allowed "built-in levels are listed" '^haswell +builtin +GenuineIntel +50 ' baseline list --source builtin
is "... and no others" sh -c '! grep -qE "libvirt|qemu" out'
allowed "libvirt's models are listed" '^EPYC-Rome +libvirt +AuthenticAMD ' baseline list --source libvirt
allowed "QEMU's models are listed" '^EPYC-Rome-v2 +qemu +AuthenticAMD ' baseline list --source qemu
is "... with whom a name stands for" grep -qE '^EPYC-Rome +qemu .* is EPYC-Rome-v[0-9]' out
is "... and none that is what the host is" sh -c '! grep -qE "^(host|max|base) " out'
allowed "all sources are listed without being asked for" '^Haswell-v4 +qemu' baseline list
is "... the built-in ones, too" grep -q '^x86-64-v3 ' out
allowed "levels are listed for programs" '"name": "zen5", "source": "builtin"' baseline list --json
refused 2 "an unknown source is not understood" '--source is module, builtin' baseline list --source xen
LEVELCTL_QEMU='' LEVELCTL_CPU_MAP='' allowed "levels are there without libvirt and QEMU" '^zen ' baseline list
LEVELCTL_QEMU='' refused 1 "QEMU's models are refused where none is installed" 'qemu is not installed' \
	baseline list --source qemu
LEVELCTL_CPU_MAP='' refused 1 "libvirt's likewise" 'libvirt is not installed' baseline list --source libvirt

# A cpu_map of another libvirt: a model that begins with another one's features.
mkdir map
printf '<cpus><arch name="x86"><include filename="models.xml"/></arch></cpus>' > map/index.xml
cat > map/models.xml <<-'EOT'
	<cpus>
	  <model name="Parent"><signature family="6" model="42"/><feature name="sse4.2"/><feature name="avx"/></model>
	  <model name="Child"><model name="Parent"/><feature name="avx2"/></model>
	</cpus>
EOT
export LEVELCTL_CPU_MAP=$PWD/map
allowed "models of another cpu_map" '^Child ' baseline list --source libvirt
allowed "a model has its parent's features" 'sse4.2' baseline show Child
is "... and its own" grep -qw avx2 out
allowed "a parent has not its child's" 'sse4.2' baseline show Parent
is "... features" sh -c '! grep -qw avx2 out'
printf '<cpus><model name="Child"' > map/models.xml
refused 1 "a model file that is no XML" 'map/models.xml:1' baseline list --source libvirt
rm map/models.xml
refused 1 "a model file that is not there" 'map/models.xml: No such file' baseline list --source libvirt
printf '<cpus><arch name="ppc64"/></cpus>' > map/index.xml
refused 1 "a cpu_map of another architecture" 'map/index.xml: no x86 models' baseline list --source libvirt
unset LEVELCTL_CPU_MAP
if [ ! -e /sys/module/kvm_level ]; then
	refused 1 "the module's baselines are refused without it" 'kvm_level is not loaded' \
		baseline list --source module
fi

# --- one level ----------------------------------------------------------
allowed "a level is shown" 'features .*pni' baseline show haswell
allowed "a level is shown for programs" '"schema": "kvm-level/level/1"' baseline show --json haswell
allowed "a level by its source" '^source +qemu' baseline show qemu:Haswell-v4
allowed "the first source counts" '^source +libvirt' baseline show Haswell
refused 1 "an unknown level is refused" '"haswel" is no file, and no level' baseline show haswel
refused 1 "a level's name is an exact word" '"HASWELL" is no file' baseline show HASWELL
refused 1 "another source's level is refused" '"libvirt:zen" is no file' baseline show libvirt:zen
refused 1 "a level is no baseline to apply" 'No such file' baseline apply haswell
refused 1 "a name with a path is a file's" 'No such file' baseline show ./haswell
cp baseline.json haswell
allowed "a file comes before a level of that name" '"name": "small"' baseline show --json haswell
rm haswell

run baseline show --json x86-64-v3
features out | sort >v3
cat >v3.want <<-EOT
	abm
	avx
	avx2
	bmi1
	bmi2
	cmov
	cx16
	cx8
	f16c
	fma
	fpu
	fxsr
	lahf_lm
	mmx
	movbe
	pni
	popcnt
	sse
	sse2
	sse4.1
	sse4.2
	ssse3
	syscall
	xsave
EOT
is "x86-64-v3 is the System V ABI's" cmp v3 v3.want

run baseline show x86-64-v3
is "what is left to the hosts is for --verbose" sh -c '! grep -qE "null|own" out'
run -v baseline show x86-64-v3
is "... and there with its label" grep -qE "^hosts' own  *[a-z]" out

# --- damaged installations ------------------------------------------------
mkdir map
printf '<cpus>\n<arch name="x86">\n<include filename="m.xml"/>\n</arch>\n</cpus>\n' >map/index.xml
export LEVELCTL_CPU_MAP=$tmp/map
refused 1 "a model file that is not there is refused" 'map/m.xml: No such file' baseline show libvirt:a
printf '<cpus>\n<model name="a">\n<feature name="avx2"/>\n</model>\n</cpus>\n' >map/m.xml
allowed "a model is read from any map" '^features +avx2$' baseline show libvirt:a
if command -v qemu-system-x86_64 > /dev/null; then
	# Both are as near.
	printf '<cpus>\n<model name="qemu64">\n</model>\n<model name="a">\n</model>\n</cpus>\n' >map/m.xml
	run baseline export --format libvirt baseline.json
	is "no model is chosen for libvirt that QEMU has not" grep -q '<model .*>qemu64<' out
	run baseline export --format libvirt --model a baseline.json
	is "... unless it is asked for" grep -q '<model .*>a<' out
	LEVELCTL_QEMU='' run baseline export --format libvirt baseline.json
	is "... or QEMU can't be" grep -q '<model .*>a<' out
else
	skip "no model is chosen for libvirt that QEMU has not" "there is no QEMU"
fi
printf '<cpus>\n<model name="a">\n<feature name="frob"/>\n</model>\n</cpus>\n' >map/m.xml
allowed "a feature that is not known is said" '^name +a' baseline show libvirt:a
is "... by name" grep -q 'warning: libvirt a has features that are not known.* frob' err
printf '<cpus>\n<model name="a">\n<feature\n' >map/m.xml
refused 1 "a truncated model is refused, with the line" 'map/m.xml:[45]: not XML' baseline show libvirt:a
allowed "... and the other sources are left" '^Haswell-v4 +qemu' baseline list
printf '<cpus/>\n' >map/index.xml
refused 1 "a map without models is refused" 'map/index.xml: no x86 models' baseline show libvirt:a
LEVELCTL_CPU_MAP=$tmp/nowhere refused 1 "a map that is not there is refused" 'nowhere/index.xml: No such' \
	baseline list --source libvirt
unset LEVELCTL_CPU_MAP

# qemu NAME SCRIPT: a QEMU of our own making
qemu()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod +x "$1"
	export LEVELCTL_QEMU=$tmp/$1
}
qemu q-fails 'exit 1'
refused 1 "a QEMU that fails is refused" 'q-fails: asked for its CPU models: it failed' baseline show qemu:a
qemu q-mute 'cat >/dev/null'
refused 1 "a QEMU that says nothing is refused" 'q-mute' baseline show qemu:a
qemu q-noise 'head -n 2 >/dev/null; echo "{\"return\": {}}"; echo "{\"return\": ["; cat >/dev/null'
refused 1 "a QEMU that says nonsense is refused" 'q-noise' baseline show qemu:a
qemu q-none 'echo "{\"return\": {}}"; echo "{\"return\": []}"; cat >/dev/null'
refused 1 "a QEMU without models is refused" 'it names no CPU models' baseline show qemu:a
cat >answers <<-'EOT'
	{"QMP": {}}
	{"return": {}}
	{"return": [{"name": "x\",\"y\"}"}, {"name": "max"}, {"name": "tiny"}]}
	{"return": {"model": {"name": "base", "props": {"avx2": true, "sse4-1": true, "vendor": "AuthenticAMD", "family": 6}}}}
EOT
qemu q-tiny "cat $tmp/answers; cat >/dev/null"
allowed "a QEMU's model is read" '^features +sse4.1 avx2$' baseline show qemu:tiny
"$LEVELCTL" baseline show qemu:tiny >out 2>err <&-
rc=$?
is "... with standard input closed, too" sh -c "[ $rc = 0 ] && grep -qE '^features +sse4.1 avx2' out"
sed -i 's/{"name": "tiny"}/{"name": "tiny"}, {"name": "other"}/' answers
qemu q-few "cat $tmp/answers; cat >/dev/null"
refused 1 "a QEMU that leaves a model out is refused" '1 of 2 CPU models have no answer' baseline show qemu:tiny
LEVELCTL_QEMU=$tmp/q-nowhere refused 1 "a QEMU that is not there is refused" 'q-nowhere: not there' baseline list --source qemu
unset LEVELCTL_QEMU

# --- pools held at a level ------------------------------------------------
allowed "hosts are checked against a level" '^host-a +yes' pool check x86-64-v2 host-a.json host-b.json
run pool check x86-64-v3 host-a.json host-b.json
is "a host below the level does not fit" [ $rc = 1 ]
is "... and what it lacks is named" grep -qE '^host-b +no +fma, f16c, bmi1, avx2$' out
is "... with how many are below" grep -q '2 of 2 hosts are below level x86-64-v3' err
run pool check haswell host-a.json
is "a host of another vendor does not fit" grep -q 'host-a +no\|is AuthenticAMD, and the level is for GenuineIntel' out
refused 1 "a pool below a level is refused" 'host-b lacks fma, f16c, bmi1, avx2' \
	pool compute --level x86-64-v3 host-a.json host-b.json
is "... and the level is named" grep -q "the pool can't have level x86-64-v3: 2 of 2 hosts" err
refused 1 "a level of another vendor is refused" 'is AuthenticAMD, and the level is for GenuineIntel' \
	pool compute --level merom host-a.json
refused 1 "an unknown level is refused" 'no level' pool compute --level frob host-a.json
refused 2 "--level needs a name" '--level needs a value' pool compute host-a.json --level
allowed "a pool is held at a level" '"schema": "kvm-level/baseline/1"' \
	pool compute --level x86-64-v2 --name v2 host-a.json host-b.json
cp out v2.json
is "... which is a baseline" "$LEVELCTL" baseline verify --no-host v2.json >/dev/null
is "what is above the level says so" grep -q '"feature": "avx", "above": "x86-64-v2", "missing_on": \[\]' out
is "what hosts lack says that" grep -q '"feature": "avx2", "missing_on": \["host-b"\]' out
features v2.json >v2
is "instructions above the level are gone" sh -c '! grep -qxE "avx|aes|movbe|bmi2|xsave|3dnowprefetch|abm" v2'
is "those of the level are there" sh -c 'for f in cx16 popcnt sse4.2 ssse3; do grep -qx $f v2 || exit 1; done'
is "a System V level leaves what kernels use" sh -c 'for f in nx lm pdpe1gb vme; do grep -qx $f v2 || exit 1; done'
is "a level leaves mitigations and KVM's features" sh -c 'for f in ibpb kvmclock; do grep -qx $f v2 || exit 1; done'
is "a level leaves numbers" grep -q '"leaf": "0x80000008".*"eax": "0x0000302b"' v2.json
is "the state of what is gone goes" sh -c '! grep -q "\"leaf\": \"0x0000000d\"" v2.json'

# --- export ---------------------------------------------------------------
for format in json qemu libvirt firecracker xen; do
	allowed "a baseline is exported: $format" . baseline export --format $format baseline.json
	allowed "... for programs: $format" '"schema": "kvm-level/export/1"' \
		baseline export --json --format $format baseline.json
	run baseline export --format $format -o written baseline.json
	is "... to a file: $format" [ "$rc" = 0 ]
	"$LEVELCTL" baseline export --format $format baseline.json >out 2>/dev/null
	is "... the same: $format" cmp written out
done
"$LEVELCTL" baseline export --format json baseline.json >again.json
allowed "an exported baseline is one" 'well-formed' baseline verify --no-host again.json
"$LEVELCTL" baseline export --format json again.json >out 2>err
is "exporting an export changes nothing" cmp again.json out
run baseline export --format xen baseline.json
is "what Xen is not told of is named" grep -q 'xen is not told of .*kvmclock.*0x80000008.0:eax.*de-cfg-lfence-serialize' err
run baseline export --format qemu baseline.json
is "an invariant TSC, which blocks migration, is left out of QEMU's line" sh -c \
	'! grep -q invtsc out && grep -q "not told of invtsc" err'
run baseline export --format libvirt baseline.json
is "... and of libvirt's XML" sh -c '! grep -q invtsc out && grep -q invtsc err'
allowed "a model of one's own choice" '^EPYC-v1,' baseline export --format qemu --model EPYC-v1 baseline.json
refused 1 "a model that is not there is refused" 'qemu has no model "EPYC-v99"' \
	baseline export --format qemu --model EPYC-v99 baseline.json
run pool compute -o intel-pool.json host-intel.json
LEVELCTL_QEMU='' allowed "without QEMU, each feature that its model may have and the pool lacks is switched off" \
	',-pschange-mc-no,(.*,)?-taa-no,' baseline export --format qemu --model Icelake-Server-v6 intel-pool.json
LEVELCTL_CPU_MAP='' allowed "... and without libvirt" 'disable" name="pschange-mc-no"' \
	baseline export --format libvirt --model Icelake-Server-noTSX intel-pool.json
run pool compute --vendor amd -o both.json host-a.json host-intel.json
allowed "the identity of two vendors' pool is in QEMU's line" \
	'^[^,]*,vendor=AuthenticAMD,family=[0-9]+,model=[0-9]+,stepping=[0-9]+,level=' \
	baseline export --format qemu both.json
run baseline export --format qemu baseline.json
is "... and no other pool's is" sh -c '! grep -q vendor= out'
for format in libvirt firecracker xen; do
	allowed "$format is not told of an identity" . baseline export --format $format both.json
	is "... and says so" grep -Eq 'not told of (.*, )?the identity AuthenticAMD [0-9]+/[0-9]+/[0-9]+' err
done
run baseline export --format libvirt both.json
is "... and libvirt's asks for no vendor of the host" sh -c '! grep -q "<vendor>" out'
# A dump of raw CPUID has a row of it on AMD's processors; KVM offers none there.
empty='{"leaf": "0xc0000000", "subleaf": "0x00000000", "eax": "0x00000000", "ebx": "0x00000000", "ecx": "0x00000000", "edx": "0x00000000"},'
sed -E "s/^(.*\"leaf\": \"0x00000000\".*)$/\1 $empty/" host-a.json >empty.json
run pool compute -o empty-pool.json empty.json
is "an empty leaf of Centaur's is in the pool" grep -q c0000000 empty-pool.json
run baseline export --format firecracker empty-pool.json
is "... and not in a template, which AMD's hosts would refuse" sh -c '[ -s out ] && ! grep -q c0000000 out'
# NULL_SEL_CLR_BASE is all that 0x80000021 has, and one of two hosts has it.
null='"leaf": "0x80000021", "subleaf": "0x00000000", "eax": "0x000000'
rest='", "ebx": "0x00000000", "ecx": "0x00000000", "edx": "0x00000000"}'
sed -E "s/(\"leaf\": \"0x80000000\".*\"eax\": \"0x80000)0../\1021/; s/^.*\"leaf\": \"0x80000008\".*[^,]\$/&,{${null}40$rest/" \
	host-a.json >with.json
sed "s/${null}40/${null}00/" with.json >without.json
run pool compute -o had.json with.json
run baseline export --format firecracker had.json
is "a leaf that a pool has is in a template" grep -q '"0x80000021"' out
is "... with its features" sh -c 'grep -A 4 "\"0x80000021\"" out | grep -q "eax.*01000000\""'
run pool compute -o lost.json with.json without.json
is "a leaf of which nothing is left is no row of the baseline" sh -c '[ -s lost.json ] && ! grep -q "leaf\": \"0x80000021" lost.json'
run baseline export --format firecracker lost.json
is "... but one of the template, so that no guest has it from its host" \
	sh -c 'grep -A 4 "\"0x80000021\"" out | grep -q "eax.*\"0b0*\""'
is "... which has none above the highest leaf" sh -c '! grep -qE "\"0x(1d|20|c0000001)\"" out'
allowed "an identity where all hosts are of one vendor is not taken" '"vendor": "AuthenticAMD"' \
	pool compute --vendor amd --identity 25/1/1 host-a.json host-b.json
is "... and that is said" sh -c 'grep -q "warning: every host is a AuthenticAMD" err && ! grep -q identity out'
refused 2 "a model for Xen is not understood" '--model is for' baseline export --format xen --model EPYC baseline.json
refused 2 "an unknown format is not understood" '--format is json, qemu' baseline export --format vmware baseline.json
refused 2 "no format is not understood" '--format is json, qemu' baseline export baseline.json
refused 1 "a level is nothing to export" 'No such file' baseline export --format xen haswell
sed 's/AuthenticAMD/CentaurHauls/; s/0x68747541", "ecx": "0x444d4163", "edx": "0x69746e65/0x746e6543", "ecx": "0x736c7561", "edx": "0x48727561/' \
	baseline.json >centaur.json
allowed "a vendor without models has words for Xen" . baseline export --format xen centaur.json

# --- what others say ---------------------------------------------------------
# A newer QEMU, which knows newer processors, if it is to be had.
"$here/../vm/fetch-qemu" >/dev/null 2>err || echo "skip a newer QEMU: $(tail -n 1 err)"
python3 "$here/generations.py" "$hosts" || failed=1
python3 "$here/lines.py" "$hosts" || failed=1

seed=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
echo "# SEED=$seed"
pools=(baseline.json v2.json)
if [ -d "$hosts/raw" ]; then
	python3 "$here/draw.py" "$hosts" "$seed" 6 >drawn 2>err
	mapfile -t drawn <drawn
	is "pools of real hosts are drawn" [ ${#drawn[@]} = 6 ]
	pools+=("${drawn[@]}")
else
	echo "skip exports of real pools: no hosts in $hosts"
fi
xen=$("$here/fetch-xen" 2>err) && xen=$xen/xen-cpuid
python3 "$here/consumers.py" "$xen" "${pools[@]}" || failed=1

exit $failed
