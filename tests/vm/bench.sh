# SPDX-License-Identifier: GPL-2.0
# On a virtual host whose clock counts instructions: the cost of an exit of each
# kind and of KVM_SET_CPUID2, in L1 instructions, as the minimum of some samples.
# tests/bench runs it and makes the table.
. /kl/lib.sh

measure()
{
	for kind in cpuid rdmsr wrmsr io hlt set_cpuid2; do
		kvmprobe bench $kind --samples 7 | sed "s/^bench/bench $1/"
	done
}

take_offer
unset KVMPROBE_OFFER
must kvmprobe baseline --name all > /tmp/all.json
measure without
kl_load
measure off
kl_enforce /tmp/all.json
measure enforce
# Another VM is adopted: the exit gate is armed, this VM's exits don't concern it.
must levelctl mode off > /dev/null
hold_start other
must levelctl mode enforce > /dev/null
must levelctl vm adopt "$(vm_of "$(cat /tmp/other.pid)")" > /dev/null
measure gate_armed
must levelctl vm adopt --off "$(vm_of "$(cat /tmp/other.pid)")" > /dev/null
must levelctl mode enforce --exits always > /dev/null
measure exits_always
# It ends by a signal, which is as it should be.
hold_end other || :
