# SPDX-License-Identifier: GPL-2.0
# Messages that no tool of ours sends: every one is refused in words and leaves
# no trace, and its well-formed twin is taken.
# file: tests/vm/nlprobe/nlprobe:/usr/bin/nlprobe
# smp: 2
# timeout: 300
. /kl/lib.sh

kl_start

tried nlprobe all
# The second is told of the first's mistake, if texts are shared.
tried nlprobe storm 2 2000
tried nlprobe storm 8 500
tried nlprobe fuzz 10 1

# What it found is as it was.
same mode_after_bad_input enforce "$(levelctl mode)"
levelctl status > /tmp/status
check baseline_after_bad_input grep -q '^baseline .*"victims"' /tmp/status
kvmprobe attempt set_cpuid2_above_baseline > /tmp/attempt
check levelled_after_bad_input grep -q ': held' /tmp/attempt
