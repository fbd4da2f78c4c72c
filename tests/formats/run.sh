#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Hosts in other formats: told apart by content, what is wrong with them said with file
# and line, and the same processor the same through all of them (tests/formats/equal).
#	LEVELCTL=path	test that one instead of building the sanitized one
# shellcheck disable=SC2016,SC2002,SC2094 # dollars of sed's; a pipe is meant; names of formats
set -u
cd "$(dirname "$0")" || exit 1
formats=$PWD
# shellcheck source=tests/levelctl/lib.sh
. ../levelctl/lib.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1

# A host with every kind of leaf and an MSR, in each format.
cat > host.json <<'EOT'
{"name": "small", "vendor": "GenuineIntel", "family": 6, "model": 85, "stepping": 4, "cpuid": [
{"leaf":"0x00000000","eax":"0x0000000d","ebx":"0x756e6547","ecx":"0x6c65746e","edx":"0x49656e69"},
{"leaf":"0x00000001","eax":"0x00050654","ebx":"0x00000800","ecx":"0x1c180221","edx":"0xbfebfbff"},
{"leaf":"0x00000007","eax":"0x00000001","ebx":"0x00000020","ecx":"0x00000000","edx":"0x20000000"},
{"leaf":"0x00000007","subleaf":"0x00000001","eax":"0x00000010","ebx":"0x00000000","ecx":"0x00000000","edx":"0x00000000"},
{"leaf":"0x0000000d","eax":"0x00000007","ebx":"0x00000340","ecx":"0x00000340","edx":"0x00000000"},
{"leaf":"0x0000000d","subleaf":"0x00000001","eax":"0x00000001","ebx":"0x00000000","ecx":"0x00000000","edx":"0x00000000"},
{"leaf":"0x0000000d","subleaf":"0x00000002","eax":"0x00000100","ebx":"0x00000240","ecx":"0x00000000","edx":"0x00000000"},
{"leaf":"0x80000000","eax":"0x80000008","ebx":"0x00000000","ecx":"0x00000000","edx":"0x00000000"},
{"leaf":"0x80000001","eax":"0x00000000","ebx":"0x00000000","ecx":"0x00000021","edx":"0x20100800"},
{"leaf":"0x80000008","eax":"0x0000302e","ebx":"0x00000000","ecx":"0x00000000","edx":"0x00000000"}
], "msr": [{"index": "0x0000010a", "value": "0x0000000000000029"}]}
EOT
all="cpuid-r instlat libvirt fingerprint template xen"
for format in $all; do
	"$formats/as" "$format" host.json > "$format"
done
cp "$formats/fixtures/EPYC-Rome.qmp" qemu
# What the formats are like, so that a case below that changes nothing is seen.
for format in $all qemu; do
	allowed "$format is told by its content" '"schema": "kvm-level/host/1"' host convert "$format"
	cp "$format" "$format.json"
	allowed "$format is not told by its name" '"schema": "kvm-level/host/1"' host convert "$format.json"
	run host convert - < /dev/null
	"$LEVELCTL" host convert - < "$format" > out 2> err
	rc=$?
	is "$format from standard input" [ "$rc" = 0 -a -s out ]
	# The reader sees a pipe once: what told the format apart is still in it.
	cat "$format" | "$LEVELCTL" host convert - > piped 2> err
	is "$format from a pipe" cmp -s out piped
	allowed "$format makes a pool" '"fpu"' pool compute --raw-ok "$format"
done

# changed NAME FORMAT SCRIPT: into $format.bad
changed()
{
	sed -E "$3" "$2" > "$2.bad"
	! cmp -s "$2" "$2.bad" || not_ok "$1" "the case changes nothing"
}

# bad FORMAT NAME SCRIPT PATTERN: changed by a sed script it is refused with PATTERN
bad()
{
	changed "$2" "$1" "$3"
	refused 1 "$1: $2" "$1.bad:$4" host convert "$1.bad"
}

# good FORMAT NAME SCRIPT [PATTERN]: changed like that it is read
good()
{
	changed "$2" "$1" "$3"
	allowed "$1: $2" "${4:-kvm-level/host/1}" host convert "$1.bad"
}

# cut FORMAT NAME BYTES PATTERN: only its beginning
cut_at()
{
	head -c "$3" "$1" > "$1.bad"
	refused 1 "$1: $2" "$1.bad$4" host convert "$1.bad"
}

# says NAME PATTERN: what the last run() said on stderr
says() { is "$1" grep -qE -- "$2" err; }

# --- cpuid -r ------------------------------------------------------------------
cut_at cpuid-r "cut off in a row" 500 ':[0-9]+: not a row as "cpuid -r"'
bad cpuid-r "a word of nine digits" '3s/ebx=0x/ebx=0x0/' '3: not a row'
bad cpuid-r "a word that is no hex" '3s/ebx=0x0/ebx=0xg/' '3: not a row'
bad cpuid-r "a register is missing" '3s/ ecx=0x[0-9a-f]*//' '3: not a row'
bad cpuid-r "a leaf twice" '3p' '4: CPUID 0x1.0 stands twice'
bad cpuid-r "words behind a row" '3s/$/ and more/' '3: not a row'
bad cpuid-r "prose between rows" '3s/^/Hello\n/' '3: not a row as "cpuid -r" prints it: "Hello"'
good cpuid-r "empty lines and CRLF" 's/$/\r/; 3s/^/\r\n/'
good cpuid-r "no header" '1d'
good cpuid-r "no leaf 7" '/0x00000007/d'
bad cpuid-r "no row" '/0x0/d' ' there is no CPUID leaf in it'
head -n 4 cpuid-r > cpuid-r.bad
allowed "cpuid-r: cut off between rows" kvm-level host convert cpuid-r.bad
says "... which is said" 'warning: cpuid-r.bad: leaves up to 0xd are promised, and none above 0x7'
printf 'CPU:\n   0x00000000 0x00: eax=0x1%s ebx=\033[31mred' '' > cpuid-r.bad
refused 1 "cpuid-r: an escape for the terminal" 'ebx=\?\[31mred' host convert cpuid-r.bad

# --- InstLatx64 and AIDA64 -----------------------------------------------------
cut_at instlat "cut off in a row" 150 ':[0-9]+: not a row as InstLatx64'
line=$(grep -n 'CPUID 00000001' instlat | cut -d: -f1)
bad instlat "a leaf of seven digits" "${line}s/CPUID 0/CPUID /" "$line: not a row"
bad instlat "a word of nine digits" "${line}s/: 0/: 00/" "$line: not a row"
bad instlat "a leaf twice" "${line}p" "$((line + 1)): CPUID 0x1.0 stands twice"
bad instlat "a subleaf twice" 's/SL 01/SL 00/' '[0-9]+: CPUID 0x7.0 stands twice'
bad instlat "a subleaf that is none" 's/SL 01/SL zz/' '[0-9]+: not a row'
good instlat "AIDA64's columns" 's/^(CPUID [0-9A-F]{8}):/      \1                        /'
bad instlat "an MSR of three words" 's/^(MSR 0000010A: [0-9A-F-]{14}).*/\1/' '[0-9]+: not a row'
bad instlat "an MSR with two values" 's/^MSR 0000010A.*/&\nMSR 0000010A: 0000-0000-0000-0001/' \
	'[0-9]+: MSR 0x10a stands twice'
good instlat "a counter with two values" \
	'$s/$/\nMSR 000000C1: 0000-0000-0000-0001\nMSR 000000C1: 0000-0000-0000-0002 [S200]/' \
	'"0x000000c1", "value": "0x0000000000000001"'
good instlat "no leaf 7" '/CPUID 00000007/d'
for n in 0 1; do sed "/^MSR/d; s/CPU #0/CPU #$n/" instlat; done > instlat.bad
allowed "instlat: two CPUs alike" '"vendor": "GenuineIntel"' host convert instlat.bad
is "... and nothing to say" [ ! -s err ]

# --- libvirt -------------------------------------------------------------------
cut_at libvirt "cut off" 500 ':[0-9]+: not XML'
bad libvirt "an attribute twice" '4s/ebx=/eax=/' '[0-9]+: not XML: Attribute eax redefined'
bad libvirt "another attribute" '4s/ebx=/efx=/' '4: unknown attribute "efx" in <cpuid>'
bad libvirt "a word of nine digits" "4s/ebx='0x/&0/" '4: ebx="0x[0-9a-f]*" is no number of 32 bits'
bad libvirt "no leaf" "4s/eax_in='0x[0-9a-f]*' //" '4: <cpuid> has no eax_in'
good libvirt "no word is zero" "4s/ebx='0x[0-9a-f]*' //"
good libvirt "decimal numbers" "4s/ebx='0x[0-9a-f]*'/ebx='2048'/"
bad libvirt "another element" '4s/<cpuid/<cpu/' '4: unknown element <cpu> in <cpudata>'
bad libvirt "text" '4s/$/text/' '[0-9]+: in <cpudata> there are'
bad libvirt "a leaf twice" '4p' '5: CPUID 0x1.0 stands twice'
bad libvirt "an MSR twice" '/<msr/p' '[0-9]+: MSR 0x10a stands twice'
bad libvirt "ARM" "s/arch='x86'/arch='aarch64'/" '2: <cpudata> of arch "aarch64"'
bad libvirt "another document" 's/cpudata/cpu/' '2: <cpu> is not libvirt'
bad libvirt "a document type" '1s/^/<!DOCTYPE cpudata [<!ENTITY a "b">]>\n/' '1: a document type'
bad libvirt "an entity that nobody defined" '4s/eax=.0x[0-9a-f]*/eax='"'"'\&lol;/' '[0-9]+: not XML'
good libvirt "no leaf 7" '/0x00000007/d'
bad libvirt "no leaf at all" '/<cpuid/d' ' there is no CPUID leaf'
printf '<?xml version="1.0" encoding="UTF-7"?>\n+ADwAIQ-DOCTYPE a+AD4-<cpudata/>' > libvirt.bad
refused 1 "libvirt: a document type in another encoding" 'libvirt.bad:[0-9]+: not XML' \
	host convert libvirt.bad

# --- Firecracker ---------------------------------------------------------------
cut_at fingerprint "cut off" 1500 ':[0-9]+: not JSON: the text ends too early'
line=$(grep -n '"subleaf": "0x1"' fingerprint | head -n 1 | cut -d: -f1)
bad fingerprint "a leaf twice" "${line}s/0x1/0x0/" '[0-9]+: CPUID 0x7.0 stands twice'
bad fingerprint "a leaf of nine digits" "${line}s/0x1/0x111111111/" "$line: \"subleaf\": .* is no number"
bad fingerprint "a bitmap of 33 bits" '0,/0b/s//0b0/' '[0-9]+: a bitmap of more than 32 bits'
bad fingerprint "a digit that is none" '0,/0b0/s//0b2/' '[0-9]+: "2" in a bitmap'
bad fingerprint "no bitmap" '0,/0b/s//0x/' '[0-9]+: "0x[01]*" is no bitmap'
bad fingerprint "a register twice" '0,/"ebx"/s//"eax"/' '[0-9]+: register eax stands twice'
bad fingerprint "another register" '0,/"ebx"/s//"efx"/' '[0-9]+: "efx" is no register'
bad fingerprint "an unknown key" '0,/"flags"/s//"flag"/' '[0-9]+: unknown key "flag"'
bad fingerprint "ARM" 's/"msr_modifiers": \[/"reg_modifiers": [{}], &/' '[0-9]+: registers of ARM'
allowed "fingerprint: its kernel" '"kernel": "6.1.0"' host convert fingerprint
good template "bits that are left to the host" 's/0b0/0bx/g'
says "... count as 0, which is said" 'template.bad:1: a template that leaves [0-9]+ bits to the host'

# --- QEMU ----------------------------------------------------------------------
tail -n +3 qemu | head -n 1 > answer
allowed "qemu: the answer alone" '"family": 23' host convert answer
says "qemu: what is no feature is said" 'answer:1: no features of a CPU, ignored: .*l3-cache'
sed -E 's/^\{"return": //; s/\}\r?$//' answer > bare
allowed "qemu: the answer without its envelope" '"family": 23' host convert bare
head -n 2 qemu > qemu.bad
refused 1 "qemu: no answer in it" 'qemu.bad: no host in it' host convert qemu.bad
cut_at qemu "cut off" 3000 ':3: (not JSON: the text ends too early|a string begins here and never ends)'
bad qemu "by its name only" 's/"props": \{[^}]*\}/"props": {}/' '3: a CPU model by its name only'
bad qemu "no vendor" 's/"vendor": "AuthenticAMD", //' '3: no property "vendor"'
bad qemu "a property twice" 's/"avx2": true/"avx2": true, "avx2": false/' '3: property "avx2" stands twice'
bad qemu "a number out of range" 's/"stepping": 0/"stepping": 16/' '3: "stepping" must be a whole number'
bad qemu "a feature that is a number" 's/"avx2": true/"avx2": 1/' '3: "avx2" must be true or false'
la57='s/"la57": false/"la57": true/' phys='s/"phys-bits": 0/"phys-bits": 46/'
good qemu "no width, without la57" 's/"avx2": true/"avx2": false/' '"leaf": "0x80000008".*"eax": "0x00003028"'
good qemu "no width, with la57" "$la57" '"leaf": "0x80000008".*"eax": "0x00003928"'
good qemu "a width, without la57" "$phys" '"leaf": "0x80000008".*"eax": "0x0000302e"'
good qemu "a width, with la57" "$phys; $la57" '"leaf": "0x80000008".*"eax": "0x0000392e"'
good qemu "a feature less" 's/"avx2": true/"avx2": false/'
echo '{"error": {"class": "GenericError", "desc": "no such model"}}' > qemu.bad
refused 1 "qemu: it refused" 'qemu.bad:1: QEMU refused: no such model' host convert qemu.bad

# --- Xen -----------------------------------------------------------------------
cut_at xen "cut off in a word" 40 ': this is no host in any format'
bad xen "a word of nine digits" 's/^/0/' ' this is no host in any format'
printf 'one %s\ntwo %s\n' "$(cat xen)" "$(cat xen)" > xen.bad
allowed "xen: hosts with names" '"name": "two"' host convert xen.bad
bad xen "a line that is none" 's/$/\nHello/' '2: not a line of Xen.s featureset words: "Hello"'
good xen "a comment" 's/^/# blades\n/'
bad xen "nothing but a comment" 's/^/# /' ' this is no host in any format'
good xen "dashes" 's/:/-/g'
good xen "words that are not known yet" 's/$/:00000001/'
good xen "fewer words" 's/^(([0-9a-f]{8}:){9}[0-9a-f]{8}).*/\1/'
bad xen "nobody's features" 's/[0-9a-f]{8}/00000000/g' '1: no feature tells whose'
bad xen "everybody's features" 's/[0-9a-f]{8}/ffffffff/g' '1: features of Intel.s and of AMD.s alone'
{
	echo "nr_features: 19"
	echo "                    KEY 1d       1c       e1d"
	printf '\nStatic sets:\nKnown                     %s\n' "$(sed 's/[0-9a-f]/f/g' xen)"
	printf '\nDynamic sets:\nRaw                       %s\n' "$(sed 's/^[0-9a-f]*/bfebfbfe/' xen)"
	printf 'Host                      %s\nPV Max                    %s\n' "$(cat xen)" "$(cat xen)"
	printf 'HVM Max                   %s\n' "$(sed 's/^[0-9a-f]*/9febfbff/' xen)"
	printf 'HVM                       %s\n' "$(cat xen)"
} > xen.bad
allowed "xen: what xen-cpuid prints is one host" '"edx": "0x9febfbff"' host convert xen.bad
says "... the set for HVM guests" 'of xen-cpuid.s sets, "HVM Max" is taken'

# --- logical CPUs that differ ------------------------------------------------------
sed 's/CPU:/CPU 0:/' cpuid-r > big
sed 's/CPU:/CPU 1:/; s/0x20000000$/0x20000400/; s/ebx=0x00000020/ebx=0x00000000/' cpuid-r > little
cat big little > two
allowed "CPUs that differ count as the AND" '"0x00000007", "subleaf": "0x00000000", "eax": "0x00000001", "ebx": "0x00000000"' \
	host convert two
says "... and the bits are named" 'warning: two: its 2 logical CPUs differ; only some have avx2: not counted'
is "... what is bad news on one of them is of the host" grep -q '"edx": "0x20000400"' out
cat big big > two
allowed "CPUs that are alike" kvm-level host convert two
is "... and nothing to say" [ ! -s err ]
sed 's/0x756e6547/0x756e6548/' big > other
cat big other > two
refused 1 "CPUs of two vendors" 'two: its logical CPUs can.t be one host.s: .*vendors differ' host convert two

cpu() { tr -d '\n' < host.json | sed "s/\"small\"/\"$1\"/; s/\"ebx\":\"0x00000020\"/\"ebx\":\"$2\"/"; echo; }
{ cpu 'a#cpu0' 0x00000020; cpu 'a#cpu1' 0x00000000; cpu b 0x00000020; } > fleet.jsonl
allowed "a CPU a line is one host" '"name": "a"' host convert fleet.jsonl
is "... beside others" [ "$(grep -c '"schema"' out)" = 2 ]
says "... and the bits are named" 'fleet.jsonl: a: its 2 logical CPUs differ; only some have avx2'
{ cpu 'a' 0x00000020; cpu 'b' 0x00000000; } > fleet.jsonl
allowed "a host a line is a fleet" '"name": "b"' host convert fleet.jsonl
is "... of two" [ "$(grep -c '"schema"' out)" = 2 ]
is "... of which nothing is said" [ ! -s err ]
if [ -d "${KL_HOSTS:-$levelctl_top/../shared/hosts}/hetero" ]; then
	lake=$(echo "${KL_HOSTS:-$levelctl_top/../shared/hosts}"/hetero/*AlderLake_01*.jsonl)
	allowed "a real host of two kinds of cores" '"name": "[^#]*"' host convert "$lake"
	says "... and what differs is named" 'its [0-9]+ logical CPUs differ; only some have .*'
	is "... is one host" [ "$(grep -c '"schema"' out)" = 1 ]
else
	skip "a real host of two kinds of cores" "the real hosts are not here"
fi

# --- neither -----------------------------------------------------------------------
known='this is no host in any format that levelctl reads'
: > empty
refused 1 "an empty file" 'empty: there is nothing in it' host convert empty
printf ' \n\n' > empty
refused 1 "a file of blanks" 'empty: there is nothing in it' host convert empty
echo "A folder of hosts." > README
refused 1 "a stray file beside hosts" "README: $known" pool compute --raw-ok cpuid-r README
mkdir folder
cp host.json README folder
refused 1 "a folder with a stray file" 'folder/README: neither' host convert folder
rm folder/README
allowed "a folder of hosts" '"name": "small"' host convert folder
printf '\x7fELF\x02\x01\x01\x00\x00' > garbage
refused 1 "binary garbage" 'garbage:1: a NUL byte' host convert garbage
printf 'ab\n\xff\xfe\x80\x81' > garbage
refused 1 "garbage without NUL" "garbage: $known" host convert garbage
cat cpuid-r instlat > both
refused 1 "a text of two formats" 'both:[0-9]+: this is of a dump of InstLatx64.*, but line 1 is of cpuid -r' \
	host convert both
cat xen cpuid-r > both
refused 1 "another text of two formats" 'both:2: this is of cpuid -r.*, but line 1 is of a featureset' \
	host convert both
cat host.json cpuid-r > both
refused 1 "JSON, then text" 'both:[0-9]+: not JSON' host convert both
cat libvirt cpuid-r > both
refused 1 "XML, then text" 'both:[0-9]+: not XML' host convert both
long() { head -c 10000000 /dev/zero | tr '\0' "$1"; }
{ cat cpuid-r; long a; } > line
refused 1 "a line of 10 MB in cpuid -r's output" 'line:[0-9]+: not a row' host convert line
{ cat instlat; long a; } > line
allowed "a line of 10 MB between InstLatx64's rows" kvm-level host convert line
{ cat xen; long 0; } > line
refused 1 "a line of 10 MB of Xen's" 'line:2: not a line' host convert line
{ echo '<!--'; long a; echo '-->'; cat libvirt; } > line
refused 1 "10 MB of XML" 'line: more than [0-9]+ bytes' host convert line
{ printf '{"name":"'; long a; printf '"}'; } > line
refused 1 "a JSON string of 10 MB" 'line:1: ' host convert line

# --- what is written is whole ---------------------------------------------------------
run host convert -o made cpuid-r README
is "nothing is written if one of many is bad" [ "$rc" = 1 -a ! -e made ]
run host convert -o made cpuid-r instlat
is "all is written if none is" [ "$rc" = 0 -a -s made ]
allowed "what was converted is read" '"fpu"' pool compute --raw-ok made
printf '\xff%s' 'name ' | cat - xen > xen.bad
allowed "a name of no letters" '"name": "\\ufffdname' host convert xen.bad
cp out made
allowed "... can be read back" kvm-level host convert made

# --- what fuzzers found --------------------------------------------------------------
for file in "$formats"/../fuzz/regressions/*/*; do
	name="$(basename "$(dirname "$file")")/$(basename "$file")"
	run host convert "$file"
	if ! sane; then
		not_ok "found by a fuzzer: $name" "broken: $(head -c 300 err)"
	elif [ "$rc" = 0 ] && ! "$LEVELCTL" host convert - < out > /dev/null 2> err; then
		not_ok "found by a fuzzer: $name" "what was written can't be read: $(head -c 300 err)"
	else
		ok "found by a fuzzer: $name"
	fi
done

# --- the programs themselves ------------------------------------------------------------
if command -v cpuid > /dev/null; then
	cpuid -r > this
	allowed "what cpuid prints of this machine" '"leaf": "0x00000001"' host convert this
else
	skip "what cpuid prints of this machine" "there is no cpuid"
fi
"$formats/equal" "$LEVELCTL" > equal || failed=$((failed + 1))
cat equal

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
