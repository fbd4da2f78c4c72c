# SPDX-License-Identifier: GPL-2.0
# A thousand VMs pinned to an old baseline: applying another is one message and
# does not wait for them, and each is listed.
# mem: 3072
# timeout: 400
. /kl/lib.sh

kl_start
mkfifo /tmp/crowd.in
kvmprobe crowd 1000 < /tmp/crowd.in > /tmp/crowd.out 2>&1 &
crowd=$!
sleep 100000 > /tmp/crowd.in &
keeper=$!
i=0
until grep -q '^crowd 1000' /tmp/crowd.out || [ $i -gt 3000 ]; do usleep 100000; i=$((i + 1)); done
same a_thousand_vms_are_known 1000 "$(vms)"
same none_is_stranded 0 "$(vms stranded)"
must levelctl baseline apply /tmp/all.json > /dev/null
same within_a_wider_baseline_none_is_stranded 0 "$(vms stranded)"
must levelctl baseline apply /tmp/low.json > /dev/null
sed 's/"eax":"0x[0-9a-f]*"\(.*\)/&/; /"leaf":"0x40000001"/s/"eax":"0x[0-9a-f]*"/"eax":"0x00000001"/' /tmp/low.json > /tmp/lower.json
sed -i 's/"name": "victims"/"name": "lower"/' /tmp/lower.json
must levelctl baseline apply /tmp/lower.json > /dev/null
same below_a_lower_one_all_are_stranded 1000 "$(vms stranded)"
same each_is_listed 1000 "$(levelctl vm list --json | grep -c '"id"')"
kill $crowd $keeper
wait $crowd 2> /dev/null
no_vm_is_left
check the_module_leaves rmmod kvm_level
