# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # some are for those who source this
# For the scripts beside it: sourced by each. $LEVELCTL is the levelctl that is
# tested, $fixtures small hosts, $hosts many: "real" ones, or else our "own", as $whose
# says; $tmp a folder that goes when the script ends, and where it runs.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
fixtures=$top/tests/levelctl/fixtures
hosts=${KL_HOSTS:-$top/../shared/hosts}/raw whose=real
export LC_ALL=C NO_COLOR=1 ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
unset COLUMNS

if [ -z "${LEVELCTL-}" ]; then
	make -s -C "$top/userspace" asan > /dev/null || exit 1
	LEVELCTL=$top/userspace/levelctl-asan
fi
export LEVELCTL
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
if [ ! -d "$hosts" ]; then
	"$top/tests/pool/own-hosts" "$tmp/own-hosts" || exit 1
	hosts=$tmp/own-hosts/raw whose=own
fi

failed=0
ok() { echo "ok $1"; }
not_ok() { echo "not ok $1: $(echo "$2" | tr '\n' ' ')"; failed=1; }
skip() { echo "skip $1: $2"; }

# levelctl's exit code into $rc, what it prints into out and err.
run()
{
	"$LEVELCTL" "$@" > out 2> err < /dev/null
	rc=$?
}

# A sanitizer's report or a signal is never what a case expects.
sane() { [ "$rc" -le 2 ] && ! grep -qE 'Sanitizer|runtime error' err; }

# is NAME COMMAND...: the command's word for it
is()
{
	local name=$1

	shift
	if "$@"; then ok "$name"; else not_ok "$name" "$* ($(head -c 300 err))"; fi
}

# allowed NAME PATTERN ARG...: exit 0, and stdout has PATTERN
allowed()
{
	local name=$1 pattern=$2

	shift 2
	run "$@"
	if ! sane; then not_ok "$name" "broken: $(head -c 300 err)"
	elif [ "$rc" != 0 ]; then not_ok "$name" "exit $rc: $(head -c 300 err)"
	elif ! grep -qE -- "$pattern" out; then not_ok "$name" "stdout lacks $pattern: $(head -c 300 out)"
	else ok "$name"; fi
}

# refused CODE NAME PATTERN ARG...: that exit code, a sentence with PATTERN on
# stderr, nothing on stdout
refused()
{
	local code=$1 name=$2 pattern=$3

	shift 3
	run "$@"
	if ! sane; then not_ok "$name" "broken: $(head -c 300 err)"
	elif [ "$rc" != "$code" ]; then not_ok "$name" "exit $rc, not $code: $(head -c 300 err)"
	elif ! grep -qE -- "$pattern" err; then not_ok "$name" "stderr lacks $pattern: $(head -c 300 err)"
	elif [ -s out ]; then not_ok "$name" "refused, but printed"
	else ok "$name"; fi
}

# json NAME EXPRESSION: Python's word for it, about out as d
json()
{
	if python3 -c "import json, sys; d = json.load(open('out')); sys.exit(0 if ($2) else 1)" 2> why; then
		ok "$1"
	else
		not_ok "$1" "not true: $2 $(tail -n 1 why)"
	fi
}

# host NAME FROM SED: a host like the fixture FROM, called NAME, changed by SED
host()
{
	sed -E "s/\"name\": \"[^\"]*\"/\"name\": \"$1\"/; $3" "$fixtures/$2.json" > "$1.json"
	[ -z "$3" ] || ! cmp -s "$1.json" <(sed -E "s/\"name\": \"[^\"]*\"/\"name\": \"$1\"/" "$fixtures/$2.json") ||
		not_ok "the host $1" "changes nothing"
}
