# SPDX-License-Identifier: GPL-2.0
# What an operator runs first on each host of a pool, levelctl host dump: all that KVM
# offers there, and still so while the module shows less of it in /dev/kvm.
. /kl/lib.sh

offer() { kvmprobe snapshot | grep -E '^(cpuid|msr) '; }
rows() { sed 's/,$//' "$1"; }

unload-kvm > /dev/null 2>&1
refused no_dump_without_kvm '/dev/kvm is missing: is KVM loaded' levelctl host dump
load-kvm > /dev/null 2>&1
take_offer
must kvmprobe baseline --victims --name victims > /tmp/low.json
must offer > /tmp/offered

check dump_without_the_module levelctl host dump -o /tmp/before.json
must levelctl host dump > /dev/null 2> /tmp/beside
same it_says_nothing_beside '' "$(cat /tmp/beside)"
refused no_dump_into_a_folder_that_is_not_there '/nowhere/host.json' \
	levelctl host dump -o /nowhere/host.json
check a_level_comes_of_it levelctl pool compute /tmp/before.json -o /tmp/all.json

kl_load
kl_enforce /tmp/all.json
offer > /tmp/level
same its_level_takes_nothing_of_what_kvm_offers '' "$(diff /tmp/offered /tmp/level)"
check its_level_runs_here levelctl baseline verify /tmp/all.json

kl_enforce /tmp/low.json
offer > /tmp/level
differ dev_kvm_shows_less_at_a_lower_level "$(cat /tmp/offered)" "$(cat /tmp/level)"
check dump_at_a_lower_level levelctl host dump -o /tmp/during.json
# The module knows of those leaves only that it has rules for: not of caches and names.
rows /tmp/before.json > /tmp/before
rows /tmp/during.json > /tmp/during
must test -s /tmp/during
same all_in_it_is_in_the_dump_of_before '' "$(grep -vxFf /tmp/before /tmp/during)"
must levelctl pool compute /tmp/during.json -o /tmp/again.json
same the_level_of_both_is_the_same '' "$(diff /tmp/all.json /tmp/again.json)"
check two_dumps_of_a_host_do_not_drift levelctl host compare /tmp/before.json /tmp/during.json
must levelctl mode off > /dev/null
check the_module_leaves rmmod kvm_level
