#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh: levelctl without a kernel module: files in, sentences out. Every
# refusal stands beside something like it that is allowed.
#	LEVELCTL=path	test that one instead of building the sanitized one
# shellcheck disable=SC2016 # sed's dollars are its own
set -u
cd "$(dirname "$0")" || exit 1
fixtures=$PWD/fixtures
# shellcheck source=tests/levelctl/lib.sh
. ./lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp "$fixtures"/*.json "$tmp"
cd "$tmp" || exit 1

# The baseline, changed by a sed script, must be refused with PATTERN.
bad()
{
	local name=$1 script=$2 pattern=$3
	sed -E "$script" baseline.json >bad.json
	if cmp -s bad.json baseline.json; then
		not_ok "$name" "the case changes nothing"
		return
	fi
	refused 1 "$name" "$pattern" baseline verify --no-host bad.json
}

good()
{
	local name=$1 script=$2
	sed -E "$script" baseline.json >good.json
	allowed "$name" 'well-formed' baseline verify --no-host good.json
}

# The line of the baseline that has a pattern.
line_of() { grep -nE -m1 -- "$1" baseline.json | cut -d: -f1; }

leaf1=$(line_of '"leaf": "0x00000001"')
leaf7=$(line_of '"leaf": "0x00000007"')
last=$(line_of '"leaf": "0x80000008"')
msr=$(line_of '"index": "0xc0011029"')
features=$(line_of '"features"')
name=$(line_of '"name"')
schema=$(line_of '"schema"')

# --- JSON ---------------------------------------------------------------
good "a baseline as computed" ''
good "white space is free" 's/^\t+//; s/: /:/g'
bad "a comma too many" "${leaf7}s/,\$/,,/" "bad.json:$((leaf7)): not JSON"
bad "a missing bracket" '$d' 'bad.json:[0-9]+: not JSON: the text ends too early'
bad "a string that never ends" '$s/\}/"/' 'bad.json:[0-9]+: a string begins here and never ends'
bad "a control character in a string" "${name}s/small/sm\x01all/" "bad.json:$name: a control character"
good "an escape in a string" "${name}s/small/sm\\\\u0041ll/"
bad "an escaped NUL in a string" "${name}s/small/sm\\\\u0000ll/" "bad.json:$name: .u0000 in a string"
bad "something behind the end" '$s/$/\n{}/' 'the JSON value is over, but the file is not'
good "empty lines behind the end" '$s/$/\n\n/'

head -c 700 baseline.json >cut.json
refused 1 "a truncated file" 'cut.json:[0-9]+: ' baseline verify --no-host cut.json
: >empty.json
refused 1 "an empty file" 'empty.json: there is nothing in it' baseline verify --no-host empty.json
head -c 100 /dev/zero >zero.json
refused 1 "a file of zeroes" 'zero.json:1: a NUL byte' baseline verify --no-host zero.json
truncate -s 100M huge.json
refused 1 "a huge file" 'huge.json: more than [0-9]+ bytes' baseline verify --no-host huge.json
head -c 200000 /dev/zero | tr '\0' '[' >deep.json
refused 1 "nested without end" 'deep.json:1: not JSON' baseline verify --no-host deep.json
printf '\xff\xfe{}' >binary.json
refused 1 "not text" 'binary.json:1: not JSON' baseline verify --no-host binary.json
refused 1 "a file that is not there" 'none.json: No such file' baseline verify --no-host none.json
refused 1 "a directory" '\.: Is a directory' baseline verify --no-host .
for text in '[]' '"x"' '7' 'null'; do
	echo "$text" >not-object.json
	refused 1 "not an object: $text" 'not-object.json:1: a baseline is a JSON object' \
		baseline verify --no-host not-object.json
done

# --- keys ---------------------------------------------------------------
bad "an unknown key" "${name}s/\$/\n\t\"flavour\": 1,/" \
	"bad.json:$((name + 1)): unknown key \"flavour\""
bad "a key twice" "${name}s/\$/\n\t\"name\": \"other\",/" \
	"bad.json:$((name + 1)): key \"name\" stands twice"
bad "an unknown key in a leaf" "${leaf7}s/\"ebx\"/\"efx\"/" \
	"bad.json:$leaf7: unknown key \"efx\""
bad "a key twice in a leaf" "${leaf7}s/\"ebx\"/\"ecx\"/" \
	"bad.json:$leaf7: key \"ecx\" stands twice"
bad "a register is missing" "${leaf7}s/, \"edx\": \"0x[0-9a-f]*\"//" \
	"bad.json:$leaf7: \"edx\" is missing"
good "no subleaf is subleaf 0" "${leaf7}s/\"subleaf\": \"0x00000000\", //"
bad "no name" "${name}d" 'bad.json:1: the baseline has no "name"'
bad "a name too long" "${name}s/small/$(printf 'n%.0s' {1..64})/" \
	"bad.json:$name: \"name\" has 64 bytes; 63 is the most"
good "the longest name" "${name}s/small/$(printf 'n%.0s' {1..63})/"
bad "a name that is a number" "${name}s/\"small\"/7/" "bad.json:$name: \"name\" must be a string"
bad "an empty name" "${name}s/small//" "bad.json:$name: \"name\" is empty"
bad "a name with a line feed" "${name}s/small/sm\\\\nall/" "bad.json:$name: \"name\" has a control"
bad "another schema" "${schema}s/baseline.1/baseline\/2/" \
	"bad.json:$schema: schema \"kvm-level/baseline/2\" is not"
good "no schema is version 1" "${schema}d"
bad "another vendor than the words" 's/AuthenticAMD/GenuineIntel/' 'CPUID leaf 0 says "AuthenticAMD"'
refused 1 "a host dump is no baseline" 'host-a.json:2: this is a host dump' \
	baseline verify --no-host host-a.json

# --- words --------------------------------------------------------------
bad "bad hex" "${leaf7}s/\"ebx\": \"0x/\"ebx\": \"0y/" "bad.json:$leaf7: \"ebx\": .* is not a hex number"
bad "hex with a tail" "${leaf7}s/(\"ebx\": \"0x[0-9a-f]*)/\1g/" "bad.json:$leaf7: \"ebx\""
bad "a word that is a number" "${leaf7}s/\"ebx\": \"0x[0-9a-f]*\"/\"ebx\": 5/" \
	"bad.json:$leaf7: \"ebx\" must be a string, not a number"
bad "a bit out of range" "${leaf7}s/\"ebx\": \"0x/\"ebx\": \"0x1/" \
	"bad.json:$leaf7: \"ebx\": 0x1[0-9a-f]{8} has bits beyond bit 31"
good "leading zeroes are no bits" "${leaf7}s/\"ebx\": \"0x/\"ebx\": \"0x0000000000000/"
bad "an MSR beyond 64 bits" "${msr}s/\"value\": \"0x0/\"value\": \"0x10/" \
	"bad.json:$msr: \"value\": .* has bits beyond bit 63"
bad "a leaf twice" "${leaf7}{p}" "bad.json:$((leaf7 + 1)): CPUID 0x7.0 stands twice"
bad "an MSR twice" "${msr}{s/\$/,/;p;s/,\$//}" "bad.json:$((msr + 1)): MSR 0xc0011029 stands twice"
bad "a bit that nobody knows" "${leaf1}s/\"ecx\": \"0x16d8/\"ecx\": \"0x16d9/" \
	"bad.json:$leaf1: CPUID 0x1.0:ecx bits 0x10000: "
bad "a leaf that nobody knows" "${leaf7}s/0x00000007/0x00000077/" "bad.json:$leaf7: CPUID 0x77.0"
bad "max leaf below a governed one" 's/("leaf": "0x80000000".*"eax": "0x8000000)8/\17/' \
	"bad.json:$last: CPUID 0x80000008.0"
good "max leaf above" 's/("leaf": "0x80000000".*"eax": "0x800000)08/\121/'
bad "AVX without XSAVE" "${leaf1}s/0x16d8220b/0x12d8220b/" "bad.json:[0-9]+: CPUID 0x"
bad "AVX without XSAVE, nothing of leaf 0xd" \
	"${leaf1}s/0x16d8220b/0x12d8220b/; /0x0000000d\", \"sub/d; /xcr0/s/\"(xsave|xcr0-[a-z0-9]*|xsaveopt|xsavec|xgetbv1)\", //g" \
	"bad.json:$leaf1: CPUID 0x1.0:ecx bits 0x10000000 \\(avx\\): .*XSAVE"
good "neither AVX nor XSAVE" \
	"${leaf1}s/0x16d8220b/0x02d8220b/; /0x0000000d\", \"sub/d; /xcr0/s/\"(avx|xsave|xcr0-[a-z0-9]*|xsaveopt|xsavec|xgetbv1)\", //g"

# --- features, max ------------------------------------------------------
bad "a name whose bit is 0" "${features}s/\"pni\"/\"avx512f\"/" \
	"bad.json:$features: \"features\" has \"avx512f\", but its bit in the words is 0"
good "a name that nobody knows" "${features}s/\"pni\"/\"pni\", \"frobnicate\"/"
is "... is warned of" grep -q 'warning: good.json:.*"frobnicate" is not known here' err
good "a name left out" "${features}s/\"pni\", //"
is "... is warned of, too" grep -q "warning: good.json:$features: .*leaves out pni" err

# A baseline with the same words as max, changed by the sed script $1.
with_max()
{
	{
		sed '/"features"/,$d' baseline.json
		echo '	"max": {'
		sed -n '/"cpuid": \[/,/"msr": \[/p' baseline.json | sed '$d' | sed -E "$1"
		sed -n '/"msr": \[/,/\],/p' baseline.json | sed -E '$s/,//'
		echo '	},'
		sed -n '/"features"/,$p' baseline.json
	} >max.json
}

with_max ''
allowed "max equal to default" 'well-formed' baseline verify --no-host max.json
with_max '/"leaf": "0x00000007"/s/0x20000300/0x20000320/'
allowed "max above default" 'well-formed' baseline verify --no-host max.json
allowed "... is shown" 'avx2' baseline show max.json
with_max '/"leaf": "0x00000007"/s/0x20000300/0x20000200/'
refused 1 "max below default" 'max.json:[0-9]+: max must have all .*0x7.0:ebx bits 0x100 \(bmi2\)' \
	baseline verify --no-host max.json
with_max '/"leaf": "0x00000007"/s/\}/, "x": 1}/'
refused 1 "an unknown key in max" 'max.json:[0-9]+: unknown key "x"' baseline verify --no-host max.json
with_max '/"leaf": "0x80000000"/s/0x80000008/0x80000007/'
refused 1 "max that can't be" 'max.json:[0-9]+: max: CPUID 0x80000008' baseline verify --no-host max.json

# --- round trip ---------------------------------------------------------
with_max '/"leaf": "0x00000007"/s/0x20000300/0x20000320/'
for file in baseline max; do
	"$LEVELCTL" baseline show --json $file.json >one.json 2>err
	"$LEVELCTL" baseline show --json one.json >two.json 2>>err
	is "show prints something: $file" [ -s one.json ]
	is "show prints what show reads: $file" cmp -s one.json two.json
done
"$LEVELCTL" baseline verify --no-host - <baseline.json >out 2>err
is "standard input" grep -q well-formed out
echo '{' | "$LEVELCTL" baseline verify --no-host - >out 2>err
is "standard input, broken" grep -q 'standard input:' err

# --- pools --------------------------------------------------------------
allowed "compute" '"feature": "avx2", "missing_on": \["host-b"\]' pool compute host-a.json host-b.json
run pool compute --name small host-a.json host-b.json
is "compute gives the fixture" cmp -s out baseline.json
run pool compute --name small host-b.json host-a.json
is "compute in any order" cmp -s out baseline.json
run pool compute --name small host-a.json host-b.json -o written.json
is "compute into a file" cmp -s written.json baseline.json
is "... and nowhere else" [ ! -s out ]
cat host-a.json host-b.json | tr -d '\n\t' | sed 's/}{/}\n{/' >fleet.jsonl
run pool compute --name small fleet.jsonl
is "one host a line" cmp -s out baseline.json
{ tr -d '\n\t' <host-a.json; printf '\n{"name": "x", "cpuid": [}\n'; } >fleet.jsonl
refused 1 "one host a line, the second broken" 'fleet.jsonl:2: not JSON' pool compute fleet.jsonl
{ tr -d '\n\t' <host-a.json; printf '\n{"name": "x", "cpuid": 7}\n'; } >fleet.jsonl
refused 1 "one host a line, the second wrong" 'fleet.jsonl:2: "cpuid" must be an array' \
	pool compute fleet.jsonl
refused 1 "raw dumps" 'host-raw.json: .*raw CPUID' pool compute host-a.json host-raw.json
allowed "raw dumps, wanted" 'raw CPUID: KVM may offer less' pool compute --raw-ok host-a.json host-raw.json
refused 1 "two vendors" 'host-intel \(GenuineIntel\) can.t be in one pool: .*vendors differ' \
	pool compute host-a.json host-intel.json
refused 1 "a baseline is no host" 'baseline.json:2: this is a baseline' pool compute baseline.json
sed 's/"family": 25/"family": -1/' host-a.json >minus.json
refused 1 "a negative family" 'minus.json:5: "family" must be a whole number' pool compute minus.json
sed 's/"family": 25/"family": 2.5/' host-a.json >half.json
refused 1 "half a family" 'half.json:5: "family" must be a whole number' pool compute half.json
sed 's/"source": "kvm"/"source": "rumour"/' host-a.json >rumour.json
refused 1 "an unknown source" 'rumour.json:8: "source" is' pool compute rumour.json
refused 1 "an output that can't be" 'none/x.json: No such file' pool compute host-a.json -o none/x.json
if [ -w /dev/full ]; then
	"$LEVELCTL" pool compute host-a.json >/dev/full 2>err
	is "a full disk" [ $? = 1 ]
	is "... is told" grep -q 'No space left' err
else
	skip "a full disk" "no /dev/full"
fi

allowed "check" 'host-a +yes' pool check baseline.json host-a.json host-b.json
"$LEVELCTL" pool compute host-a.json -o wide.json 2>err
run pool check wide.json host-a.json host-b.json
is "check refuses" [ $rc = 1 ]
is "check names the feature" grep -q 'host-b *default *CPUID 0x7.0:ebx bits 0x20 (avx2)' out
is "check names the numbers" grep -q 'host-b *default *CPUID 0x80000008.0:eax\[7:0\]: 0x30 is needed, 0x2b is there' out

# What pool compute and pool plan call a baseline, baseline verify takes.
long=$(printf 'n%.0s' {1..63})
for name in 'a b' $'\xc3\xa9\xe2\x82\xac' "$long" "${long:3}"$'\xe2\x82\xac' "${long:1}"$'\xc3\xa9' "" "n$long" "${long:2}"$'\xe2\x82\xac' $'a\tb' \
	$'a\nb' $'a\x7fb' $'a\xffb' $'\xc3'; do
	NAME=$name python3 -c '
import json, os
b = json.load(open("baseline.json"))
b["name"] = os.environb[b"NAME"].decode("utf-8", "replace")
json.dump(b, open("named.json", "w"), indent=1)'
	verdict="not allowed"
	if "$LEVELCTL" baseline verify --no-host named.json >out 2>err && printf %s "$name" | iconv -f utf-8 -t utf-8 >out 2>err; then
		verdict=allowed
	fi
	shown=$(printf %q "$name" | cut -c 1-20)
	if [ "$verdict" = allowed ]; then
		allowed "a pool is called $shown" '"schema"' pool compute --name "$name" host-a.json
		cp out named.json
		allowed "... which verify takes" 'well-formed' baseline verify --no-host named.json
	else
		refused 2 "no pool is called $shown" '--name (is empty|has|is not UTF-8)' \
			pool compute --name "$name" host-a.json
		refused 2 "... nor are several" '--name (is empty|has|is not UTF-8)' \
			pool plan -k 1 --name "$name" host-a.json
	fi
done
allowed "pools have names with a number behind them" 'pool' pool plan -k 1 --name "${long:11}" host-a.json
refused 2 "... for which there is room" '--name has 53 bytes; 52 is the most' \
	pool plan -k 1 --name "${long:10}" host-a.json
allowed "plan writes into a folder that is to be" 'score' pool plan -k 1 -o planned host-a.json
is "... a baseline" [ "$(echo planned/*)" = planned/pool-1.json ]
allowed "... with slashes behind its name, too" 'score' pool plan -k 1 -o slashes// host-a.json
is "... the same" cmp -s slashes/pool-1.json planned/pool-1.json
mkdir -p folder/
allowed "... which may be there, empty" 'score' pool plan -k 1 -o folder/ host-a.json
refused 1 "... and not otherwise" 'folder: there is something in it' pool plan -k 1 -o folder/ host-b.json
is "nothing else is left beside them" [ "$(echo slashes* planned* folder*)" = "slashes planned folder" ]

# What stands at the end of a link is replaced, and not the link.
mkdir -p links/there
echo old >links/there/file
ln -s there/file links/link
ln -s "$PWD/links/link" links/second
run pool compute --name small host-a.json host-b.json -o links/second
is "a link is written through" cmp -s links/there/file baseline.json
is "... and stays one" [ "$(readlink links/link)" = there/file ]
is "... as does one that leads to it" [ "$(readlink links/second)" = "$PWD/links/link" ]
ln -s there/new links/new
run pool compute --name small host-a.json host-b.json -o links/new
is "a link to what is not there yet makes it" cmp -s links/there/new baseline.json
is "... and stays one" [ -L links/new ]
ln -s nowhere/new links/astray
refused 1 "a link into a folder that is not there" 'links/astray: No such file' \
	pool compute host-a.json -o links/astray
ln -s round links/round
refused 1 "a link to itself" 'links/round: Too many levels' pool compute host-a.json -o links/round
is "nothing else is left there" [ "$(cd links/there && echo *)" = "file new" ]
# As /dev/stdout is one, which no test shall touch.
ln -s /proc/self/fd/1 links/stdout
for link in links/stdout /proc/self/fd/1; do
	"$LEVELCTL" pool compute --name small host-a.json host-b.json -o $link >out 2>err
	rc=$?
	is "a link to standard output: $link" sh -c "[ $rc = 0 ] && cmp -s out baseline.json"
	echo before >out
	"$LEVELCTL" pool compute --name small host-a.json host-b.json -o $link >>out 2>err
	is "... to which it appends" sh -c 'echo before | cat - baseline.json | cmp -s out -'
	"$LEVELCTL" pool compute --name small host-a.json host-b.json -o $link 2>err | cat >out
	is "... or a pipe" cmp -s out baseline.json
done
is "... is still a link" [ "$(readlink links/stdout)" = /proc/self/fd/1 ]
echo before >log
"$LEVELCTL" pool compute --name small host-a.json host-b.json -o /proc/self/fd/7 >out 2>err 7>>log
is "another open file is written where it is" sh -c 'echo before | cat - baseline.json | cmp -s log -'
"$LEVELCTL" pool compute --name small host-a.json host-b.json -o /proc/self/fd/7 7>&1 >out 2>err | cat >log
is "... or a pipe" cmp -s log baseline.json
"$LEVELCTL" pool compute --name small host-a.json host-b.json -o /proc/self/fd/7 >out 2>err 7<baseline.json
is "... but for what is open to be read" sh -c 'head -c 1 baseline.json | grep -q . && ! grep -q . out'
# Somebody reads all of the folder while something is written there, or it was cut off.
mkdir hosts
cp host-a.json host-b.json hosts
printf '{' > hosts/.levelctl.Ab3dEf
long_name=$(printf '%0245d.json' 0)
run host convert host-a.json -o "$long_name"
is "a name may be as long as a file's can be" [ -s "$long_name" ]
allowed "half a file is none of a folder's hosts" '"schema"' pool compute --name small hosts
chmod 640 links/there/file
run pool compute --name small host-a.json -o links/there/file
is "a file that is replaced keeps its mode" [ "$(stat -c %a links/there/file)" = 640 ]
if [ "$(id -u)" = 0 ]; then
	chown 12:34 links/there/file
	run pool compute --name small host-a.json -o links/there/file
	is "... and its owner" [ "$(stat -c %u:%g:%a links/there/file)" = 12:34:640 ]
	# Not root, of another group than the file: what that may read is not for his own.
	mkdir -m 777 shared
	cp links/there/file shared/file
	chown 12:34 shared/file
	cp host-a.json "$LEVELCTL" shared/
	chmod 755 "$tmp"
	setpriv --reuid 56 --regid 78 --clear-groups "shared/${LEVELCTL##*/}" pool compute \
		--name small shared/host-a.json -o shared/file >out 2>err </dev/null
	is "... or else another's group loses what it may" [ "$(stat -c %u:%g:%a shared/file)" = 56:78:600 ]
else
	skip "... and its owner" "that needs root"
fi
(umask 027 && run pool compute --name small host-a.json -o links/there/other)
is "... and a new one has that of any" [ "$(stat -c %a links/there/other)" = 640 ]

# A standard stream that is closed is no other file.
closed()
{
	local name=$1 code=$2 how=$3

	shift 3
	rm -f made
	bash -c '"$LEVELCTL" "$@"'" $how" levelctl "$@" >out 2>err
	rc=$?
	is "$name" [ $rc = "$code" ]
	is "... and nothing breaks: $how" sane
}
export LEVELCTL
closed "a warning goes nowhere with standard error closed" 0 '2>&-' pool compute --raw-ok -o made host-a.json host-raw.json
is "... and not into what is written" grep -q '^{' made
allowed "... which is a baseline" well-formed baseline verify --no-host made
closed "a file is written with standard output closed" 0 '>&-' pool compute --name small -o made host-a.json host-b.json
is "... as it would be" cmp -s made baseline.json
closed "what can't be printed is told" 1 '>&-' pool compute host-a.json
is "... with the reason" grep -q 'standard output: Bad file descriptor' err
closed "a file is written with standard input closed" 0 '<&-' pool compute --name small -o made host-a.json host-b.json
is "... as it would be" cmp -s made baseline.json
closed "a standard input that is closed can't be read" 1 '<&-' host convert -o made host-a.json -
is "... and that is the reason" grep -q 'standard input: Bad file descriptor' err
closed "all of them closed" 0 '<&- >&- 2>&-' pool compute --name small -o made host-a.json host-b.json
is "... a file is written as it would be" cmp -s made baseline.json

# --- what is asked for wrongly ------------------------------------------
refused 2 "a number that is too large is one" 'timeout is a number up to 1000000, not "9999999"' \
	monitor --timeout 9999999
refused 2 "what is no number is none" 'timeout must be a number, not "soon"' monitor --timeout soon
refused 2 "a baseline without hosts" '^levelctl: a host dump is missing' pool check baseline.json
refused 2 "neither" '^levelctl: a baseline is missing' pool check
refused 1 "a number can't be taken out" '"maxphyaddr" is a number' \
	baseline narrow --without maxphyaddr baseline.json
refused 1 "a feature that is not known can't either" 'no feature that is known here; near it are: ' \
	baseline narrow --without avx3 baseline.json
refused 1 "a file is no level" '--level is a level.s name, not a file' \
	pool compute --level host-b.json host-a.json
refused 2 "an identity out of range" '--identity is up to 270/255/15' \
	pool compute --vendor amd --identity 999/2/3 host-a.json
for asked in --help -h; do
	allowed "help by $asked behind a command" 'pool compute' pool compute $asked
done
sed 's/"name": "[^"]*"/"name": "\\u009b31mRED"/' host-b.json >red.json
allowed "controls of other alphabets are not printed" 'host' host compare host-a.json red.json
is "... not as bytes" sh -c '! LC_ALL=C grep -q "$(printf "\\302\\233")" out'

# --- hosts --------------------------------------------------------------
allowed "compare a host with itself" 'no drift' host compare host-a.json host-a.json
allowed "compare two hosts" 'avx2 +0x7.0:ebx\[5\] +yes +no' host compare host-a.json host-b.json
allowed "compare, for programs" '"schema": "kvm-level/compare/1"' host compare --json host-a.json host-b.json
# One after the other has leaves the first lacks: by tens, in lists that grow meanwhile.
once() { [ "$(grep -c ' 0x' out)" -gt 20 ] && ! grep -oE '(0x[0-9a-f]+\.[0-9]+:e[a-d]x|msr:0x[0-9a-f]+)\[[0-9:]+\]' out | sort | uniq -d | grep .; }
allowed "compare hosts of which each has leaves of its own" '0xd\.5:eax' \
	host compare "$fixtures/../../formats/fixtures/EPYC-Rome.cpuid-r" "$fixtures/../../formats/fixtures/Skylake-Server.cpuid-r"
is "... each place once" once
refused 2 "compare one" 'a second host dump is missing' host compare host-a.json
grep -v '"vendor"' host-a.json >unsaid.json
allowed "a vendor that is not told is leaf 0's" '"vendor": "AuthenticAMD"' pool compute unsaid.json
sed 's/"vendor": "AuthenticAMD"/"vendor": "GenuineIntel"/' host-a.json >lie.json
refused 1 "a vendor that leaf 0 denies" 'lie.json:[0-9]+: "vendor" is "GenuineIntel", but CPUID leaf 0 says "AuthenticAMD"' \
	pool compute lie.json
tr -d '\n\t' <lie.json >lie.jsonl; echo >>lie.jsonl
refused 1 "... on a line of many" 'lie.jsonl:1: "vendor" is' pool compute lie.jsonl
refused 1 "compare with a baseline" 'this is a baseline' host compare host-a.json baseline.json
"$LEVELCTL" pool compute host-intel.json -o intel.json 2>err
if [ -r /dev/kvm ] && [ -w /dev/kvm ] && [ ! -e /sys/module/kvm_level ]; then
	run host dump -o self.json
	is "dump this host" [ $rc = 0 ]
	is "... without a complaint" sane
	allowed "... and read it" '"schema"' pool compute self.json
	cp out self-baseline.json
	allowed "... which can run its own baseline" 'and this host can run it' baseline verify self-baseline.json
	refused 1 "a baseline for other processors" 'this is|this host lacks' baseline verify "$(
		grep -q AuthenticAMD self.json && echo intel.json || echo baseline.json)"
else
	skip "dump this host" "no /dev/kvm, or kvm_level is loaded"
fi

# On a fake /dev/kvm, since few hosts have AMX.
${CC:-gcc} -D_GNU_SOURCE -O1 -shared -fPIC -o fake-kvm.so "$fixtures/../fake-kvm.c" || exit 1
amx_in_pool_of()
{
	LD_PRELOAD=$tmp/fake-kvm.so FAKE_KVM=$1 ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0 \
		"$LEVELCTL" host dump -o fake.json 2>err || return 2
	"$LEVELCTL" pool compute fake.json >out 2>err || return 2
	grep -q '"features":.*"amx-tile"' out
}
if [ ! -e /sys/module/kvm_level ]; then
	amx_in_pool_of amx
	is "a host that gives AMX to those that ask has it" [ $? = 0 ]
	for kind in refuses none old; do
		amx_in_pool_of $kind
		is "... and not where FAKE_KVM is $kind" [ $? = 1 ]
	done
else
	skip "a host that gives AMX to those that ask has it" "kvm_level is loaded"
fi

# --- explain ------------------------------------------------------------
allowed "explain a name" 'where +0x7.0:ebx\[5\]' explain avx2
allowed "explain a place" 'feature +avx2' explain '0x7.0:ebx[5]'
allowed "explain what it needs" 'avx +0x1.0:ecx\[28\]' explain avx2
allowed "explain an alias" 'feature +sse4.1' explain SSE4_1
allowed "explain an MSR bit" 'feature +rsba' explain 'msr:0x10a[2]'
allowed "explain bad news" 'in a pool +or:' explain rsba
allowed "explain a copy" 'copy of the bit in leaf 1' explain '0x80000001:edx[0]'
allowed "explain what is only not shown" 'on Intel +cpuid:' explain bmi1
allowed "explain what is locked in CR4" 'on AMD +cr4:' explain smap
allowed "explain what is locked in XCR0" 'on Intel +xcr0:' explain avx
allowed "explain what is an MSR" 'on AMD +msr:' explain spec-ctrl
allowed "explain what the processor traps" 'on Intel +control:' explain rdrand
allowed "explain what only one vendor traps" 'on AMD +cpuid:' explain rdrand
allowed "explain what goes with its MSR" 'on Intel +msr:' explain x2apic
allowed "explain what one vendor has no MSR for" 'on Intel +cpuid:' explain perfctr_core
allowed "... and the other has" 'on AMD +msr:' explain perfctr_core
allowed "explain what is locked twice" 'on Intel +xcr0:' explain mpx
allowed "explain what works on, whatever goes with it" 'on AMD +cpuid:' explain avx2
allowed "... and tell what goes with it" 'XCR0 bits 0xe0 ' explain avx2
allowed "explain what KVM carries out as a NOP" 'on Intel +cpuid:' explain monitor
allowed "explain a number" 'in a pool +min:' explain '0x80000008:eax[0]'
allowed "explain what is hidden" 'in a pool +hidden:' explain '0x1234:eax[0]'
allowed "explain a word of which nothing is known" 'where +0x1234.0:eax$' explain '0x1234:eax'
allowed "explain what it is" 'what +256-bit integer vectors' explain avx2
allowed "explain whose it is" 'of +AMD$' explain npt
allowed "explain a number by its name" 'where +0x80000008.0:eax\[7:0\]' explain MAXPHYADDR
allowed "explain a number by a place in it" 'feature +maxphyaddr' explain '0x80000008:eax[3]'
allowed "explain a word of numbers" 'maxphyaddr +0x80000008.0:eax.7:0. +AMD, Intel +min' explain '0x80000008:eax'
allowed "explain a whole MSR" 'rdctl-no +msr:0x10a.0. +Intel +and' explain msr:0x10a
allowed "explain a control of VMX" 'where +msr:0x48b\[33\]' explain vmx-ept
allowed "explain what a control of VMX needs" 'vmx-ept +msr:0x48b.33. +real mode' explain vmx-unrestricted-guest
allowed "explain what is recomputed" 'in a pool +recompute:' explain 0xd:ecx
allowed "explain what is dynamic" 'in a pool +dynamic:' explain osxsave
allowed "explain topology" 'in a pool +topology:' explain ht
allowed "explain what must be" 'in a pool +must:' explain vmx-32bit-addresses
allowed "explain Hyper-V's" 'in a pool +foreign:' explain hv-relaxed
allowed "explain a subleaf that is like others" 'feature +xstate-size' explain '0xd.9:eax[0]'
run explain avx2 maxphyaddr rsba
is "explain three at once" [ "$(grep -cE '^feature +(avx2|maxphyaddr|rsba)$' out)" = 3 ]
run explain --all
is "explain all that is known" [ "$(wc -l <out)" -gt 900 ]
is "... each place once" [ -z "$(awk '{ print $2 }' out | sort | uniq -d)" ]
run explain --all --json
is "... to programs" [ "$(grep -c '"feature": "avx2"' out)" -ge 1 ]
is "... with a schema" grep -q '"schema": "kvm-level/features/1"' out
run explain avx2 --json
is "explain one feature to programs" grep -q '"schema": "kvm-level/explain/1"' out
refused 2 "explain nothing" 'a feature is missing' explain
refused 2 "explain all and one" 'leave out "avx2"' explain --all avx2
refused 1 "explain one good and one bad" 'frobnicate' explain avx2 frobnicate
refused 1 "explain a slip" 'near it are: maxphyaddr' explain maxphyadr
refused 1 "explain nonsense" 'is no feature' explain frobnicate
refused 1 "explain a bit too far" 'is no feature' explain '0x7.0:ebx[32]'
allowed "explain a whole word" "avx2 +0x7.0:ebx.5. +AMD, Intel +and" explain 0x7.0:ebx
refused 1 "explain an abbreviation" "near it are: avx512f" explain avx51

# --- words on the command line ------------------------------------------
allowed "help" 'levelctl baseline apply' help
allowed "--help" 'levelctl baseline apply' --help
allowed "help of a noun" 'levelctl vm adopt' help vm
allowed "help of a command" 'levelctl vm adopt' vm adopt --help
for command in help "help vm" "vm help" "vm list --help" "baseline --help" "mode --help" version; do
	# shellcheck disable=SC2086 # words
	"$LEVELCTL" $command >&- 2>err
	is "$command into a closed stream" [ $? = 1 ]
	is "... is told" grep -q 'standard output: Bad file descriptor' err
	if [ -w /dev/full ]; then
		# shellcheck disable=SC2086 # words
		"$LEVELCTL" $command >/dev/full 2>err
		is "$command on a full disk" [ $? = 1 ]
		is "... is told" grep -q 'standard output: No space left on device' err
	else
		skip "$command on a full disk" "no /dev/full"
	fi
done
allowed "version" 'levelctl +[0-9]' version
allowed "--version" 'levelctl +[0-9]' --version
allowed "--json before the noun" '"schema": "kvm-level/version/1"' --json version
refused 2 "an unknown noun" 'no command "frob"' frob
refused 2 "an abbreviated noun" 'no command "base"' base show
refused 2 "an unknown verb" 'no "vm frob"' vm frob
refused 2 "an abbreviated verb" 'no "baseline ver"' baseline ver baseline.json
refused 2 "no verb" 'levelctl vm list' vm
refused 2 "an unknown option" 'unknown option --frob' baseline verify --frob baseline.json
refused 2 "an abbreviated option" 'unknown option --no-h' baseline verify --no-h baseline.json
refused 2 "an option without its value" '--name needs a value' pool compute host-a.json --name
refused 2 "a value that isn't wanted" '--no-host takes no value' baseline verify --no-host=1 baseline.json
allowed "a value behind =" '"name": "x"' pool compute --name=x host-a.json
refused 2 "too many files" 'too many arguments' baseline verify --no-host baseline.json baseline.json
refused 2 "no file" 'a baseline file is missing' baseline verify
refused 2 "an unknown mode" 'the mode is off, audit' mode loud
refused 2 "an unknown --exits" '--exits is needed or always' mode enforce --exits never
refused 2 "a VM that is no number" "the VM.s id (must be a number|is a number up to 4294967295)" vm show one
refused 2 "a VM too far" "the VM.s id (must be a number|is a number up to 4294967295)" vm show 4294967296
refused 2 "--id and a file" 'or a file, not both' baseline show --id 1 baseline.json
refused 2 "--id 0" 'numbered from 1' baseline show --id 0
refused 2 "--count 0" 'at least 1' monitor --count 0
refused 2 "run without a VMM" 'run --baseline FILE -- VMM' run --baseline baseline.json
refused 2 "run without a baseline" '--baseline is missing' run -- true

# --- what the documents say ---------------------------------------------
# Their commands, each of them twice: what the first time left behind is no host.
mkdir -p told/hosts
cp host-a.json host-b.json told/hosts
for text in README.md docs/operating.md userspace/levelctl.8; do
	sed 's/\\-/-/g; s/#.*//' "$levelctl_top/$text" | grep -oE 'levelctl pool (compute --name blue|compute|check [a-z]*\.json) [^`#]*json' |
		grep -v -e --level > told/commands
	is "$text says how to make a pool" [ "$(grep -cE 'pool (compute|check) ' told/commands)" = 2 ]
	while read -r _ command; do
		# shellcheck disable=SC2086 # words, and a glob
		(cd told && run $command && [ $rc = 0 ] && run $command && exit $rc)
		is "... and it works: $command" [ $? = 0 ]
	done < told/commands
	rm -f told/*.json
done

# --- whose baseline ---
case $(grep -m1 vendor_id /proc/cpuinfo) in
*AuthenticAMD*) own=baseline.json other=intel.json ;;
*) own=intel.json other=baseline.json ;;
esac
for command in "baseline apply $other" "run --baseline $other -- true"; do
	# shellcheck disable=SC2086 # words
	refused 1 "a baseline for other processors: $command" \
		'is for [A-Za-z]* processors, and this is' $command
done

# --- no module ----------------------------------------------------------
if [ -e /sys/module/kvm_level ]; then
	skip "without the module" "kvm_level is loaded"
else
	for command in status mode "mode enforce" "vm list" "vm show 1" "vm adopt 1" \
		"vm watch 1" "baseline show" "baseline clear" "baseline list --source module" monitor \
		"run --baseline $own -- true"; do
		# shellcheck disable=SC2086 # words
		refused 1 "without the module: $command" 'kvm_level is not loaded: modprobe' $command
	done
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
