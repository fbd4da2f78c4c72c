# SPDX-License-Identifier: GPL-2.0
# Messages by the thousand, mutated, made by the protocol's specification and raw, from
# root and from nobody: all that is wrong is refused in words, nobody gets anything
# done, and afterwards the host levels as it did. make fuzz-netlink sends a million.
# file: tests/vm/nlprobe/nlprobe:/usr/bin/nlprobe
# argument: NETLINK_MESSAGES 12000
# argument: NETLINK_SEED 1
# smp: 2
# timeout: 300
. /kl/lib.sh

kl_start

tried nlprobe flood "$1" "$2"

same mode_after_a_flood enforce "$(levelctl mode)"
levelctl status > /tmp/status
check baseline_after_a_flood grep -q '^baseline .*"victims"' /tmp/status
kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt
check levelled_after_a_flood grep -q ': held' /tmp/attempt
