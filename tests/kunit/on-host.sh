# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# on-host: on a kernel that just came up, load the test module, which runs its
# suites, and print what debugfs has of each, for "ktap join". Modules are in $1.
set -eu
cd "${1:-/kl}"
mount -t debugfs debug /sys/kernel/debug 2> /dev/null || :
[ ! -e kunit.ko ] || insmod kunit.ko
insmod kl_kunit.ko
nr=0
for results in /sys/kernel/debug/kunit/kl_*/results; do
	suite=${results%/results}
	echo "### suite ${suite##*/}"
	cat "$results"
	nr=$((nr + 1))
done
echo "### end $nr"
rmmod kl_kunit
