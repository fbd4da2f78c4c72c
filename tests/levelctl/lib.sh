# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For tests that run levelctl, sanitized, on files: sourced from their own folder.
#	LEVELCTL=path	test that one instead of building the sanitized one
levelctl_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export LC_ALL=C NO_COLOR=1 ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

if [ -z "${LEVELCTL-}" ]; then
	make -s -C "$levelctl_top/userspace" asan >/dev/null || exit 1
	LEVELCTL=$levelctl_top/userspace/levelctl-asan
fi
passed=0 failed=0 skipped=0

ok() { echo "ok $1"; passed=$((passed + 1)); }
not_ok() { echo "not ok $1: $2"; failed=$((failed + 1)); }
skip() { echo "ok $1 # SKIP $2"; skipped=$((skipped + 1)); }

# levelctl's exit code into $rc, what it prints into out and err.
run()
{
	"$LEVELCTL" "$@" >out 2>err </dev/null
	rc=$?
}

# A sanitizer's report or a signal is never what a case expects.
sane()
{
	[ "$rc" -le 2 ] && ! grep -qE 'Sanitizer|runtime error' err
}

# is NAME COMMAND...: the command's word for it
is()
{
	local name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name" "$(head -c 300 err)"; fi
}

# allowed NAME PATTERN ARG...: exit 0, and stdout has PATTERN
allowed()
{
	local name=$1 pattern=$2
	shift 2
	run "$@"
	if ! sane; then not_ok "$name" "broken: $(head -c 300 err)"
	elif [ $rc != 0 ]; then not_ok "$name" "exit $rc: $(head -c 300 err)"
	elif ! grep -qE -- "$pattern" out; then not_ok "$name" "stdout lacks $pattern"
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
	elif [ $rc != "$code" ]; then not_ok "$name" "exit $rc, not $code: $(head -c 300 err)"
	elif ! grep -qE -- "$pattern" err; then not_ok "$name" "stderr lacks $pattern: $(head -c 300 err)"
	elif [ -s out ]; then not_ok "$name" "refused, but printed"
	else ok "$name"; fi
}
