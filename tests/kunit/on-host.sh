# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# on-host FOLDER [dmesg]: on a kernel that just came up, load the test module of
# FOLDER, which runs its suites, and print what debugfs has of each, for "ktap join";
# then what the kernel said, where it is asked for.
set -eu
cd "$1"
mount -t debugfs debug /sys/kernel/debug 2> /dev/null || :
# KCSAN looks only when told to.
[ ! -e /sys/kernel/debug/kcsan ] || echo on > /sys/kernel/debug/kcsan
[ ! -e kunit.ko ] || insmod kunit.ko
insmod kl_kunit.ko
nr=0
for results in /sys/kernel/debug/kunit/kl_*/results; do
	suite=${results%/results}
	echo "### suite ${suite##*/}"
	cat "$results"
	nr=$((nr + 1))
done
rmmod kl_kunit
# What nobody holds any more was forgotten: as tests/vm/rootfs/init has it.
leaks=/sys/kernel/debug/kmemleak
if [ -e $leaks ]; then
	sleep 6
	(echo scan > $leaks && echo scan > $leaks) || echo "<4>kmemleak: disabled" > /dev/kmsg
	sed 's/^/kmemleak: /' $leaks | while read -r line; do
		echo "<4>$line" > /dev/kmsg
	done
fi
echo "### end $nr"
[ "${2-}" != dmesg ] || dmesg
