# SPDX-License-Identifier: GPL-2.0
# The four modes; audit and watch; exits always; one VMM's own baseline; max and
# default; a baseline that this host can't give.
# first-on: 6.1/amd 6.1/intel 6.12 7/amd 7/intel
. /kl/lib.sh

take_offer
must kvmprobe baseline --victims --name victims > /tmp/low.json
must kvmprobe baseline --victims --max --name wide > /tmp/wide.json
must kvmprobe baseline --name all > /tmp/all.json
kl_load

leaf7() { kvmprobe guest-cpuid --cpuid "$1" 7.0 | word 0x00000007 0x00000000 ebx; }
host7=$(leaf7 offer)
# All that a greedy VMM can show without the module.
raw7=$(leaf7 raw)
offered7() { sed -n 's/^cpuid 0x00000007 0x00000000 //p'; }
# What is compared with them below would be the same as nothing.
must test -n "$host7" -a -n "$raw7" -a -n "$(offered7 < /tmp/offer)"
field() { vm_line "$(cat "/tmp/$1.pid")" | sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p"; }

same no_mode_and_no_baseline_change_nothing "$host7" "$(leaf7 offer)"
must levelctl baseline apply /tmp/low.json > /dev/null
same mode_off_changes_nothing "$host7" "$(leaf7 offer)"

# --- audit ---
must levelctl mode audit > /dev/null
listen events --json --timeout 20
same audit_changes_nothing "$raw7" "$(leaf7 raw)"
hold_start audited --cpuid raw
must ask audited cpuid 7 0 > /dev/null
same audit_leaves_the_offer "$(offered7 < /tmp/offer)" "$(kvmprobe supported | offered7)"
if [ "$(field audited would_cut)" -gt 0 ] 2> /dev/null; then
	ok audit_counts_what_would_be_hidden
else
	not_ok audit_counts_what_would_be_hidden "$(vm_line "$(cat /tmp/audited.pid)")"
fi
usleep 300000
kill $listener 2> /dev/null
case $(cat /tmp/events) in
*audit*) ok audit_announces_what_would_be_hidden ;;
*) not_ok audit_announces_what_would_be_hidden "$(cat /tmp/events /tmp/events.err | head -n 3 | tr '\n' ' ')" ;;
esac
hold_end audited

# --- enforce ---
must levelctl mode enforce > /dev/null
low7=$(leaf7 offer)
must test -n "$low7"
differ enforce_levels_the_offer "$host7" "$low7"
same enforce_levels_a_greedy_vmm "$low7" "$(leaf7 raw)"

# --- strict ---
must levelctl mode strict > /dev/null
same strict_lets_a_vmm_within_the_baseline_be "$low7" "$(leaf7 offer)"
if kvmprobe guest-cpuid --cpuid raw 7.0 > /tmp/greedy 2>&1; then
	not_ok strict_refuses_a_greedy_vmm "$(cat /tmp/greedy)"
elif grep -qi 'invalid argument' /tmp/greedy; then
	ok strict_refuses_a_greedy_vmm
else
	not_ok strict_refuses_a_greedy_vmm "$(cat /tmp/greedy)"
fi

# --- exits always: nothing differs for a VM that the other gates levelled ---
must levelctl mode enforce > /dev/null
leaves="0 1 2 4 5 6 7.0 7.1 0xb 0xd.0 0xd.1 0xd.2 0xd.9 0x1f 0x40000000 0x40000001 0x80000000
	0x80000001 0x80000002 0x80000007 0x80000008 0x8000000a 0x8000001d 0x8000001e 0x80000021
	0xc0000000 0x3fffffff 0x12345678"
# shellcheck disable=SC2086 # a list
kvmprobe guest-cpuid --cpuid offer $leaves > /tmp/needed
kvmprobe guest-msr 0x10a 0xc0011029 0xc0010114 0x345 0x8b > /tmp/needed.msr 2>&1
must levelctl mode enforce --exits always > /dev/null
# shellcheck disable=SC2086 # a list
kvmprobe guest-cpuid --cpuid offer $leaves > /tmp/always
kvmprobe guest-msr 0x10a 0xc0011029 0xc0010114 0x345 0x8b > /tmp/always.msr 2>&1
check the_probes_read_something test -s /tmp/needed -a -s /tmp/needed.msr
check exits_always_gives_a_levelled_vm_the_same_cpuid cmp /tmp/needed /tmp/always
check exits_always_gives_a_levelled_vm_the_same_msrs cmp /tmp/needed.msr /tmp/always.msr
must levelctl mode enforce --exits needed > /dev/null

# --- watch ---
hold_start watched
id=$(vm_of "$(cat /tmp/watched.pid)")
must levelctl vm watch "$id" > /dev/null
must ask watched cpuid 7 0 > /dev/null
must ask watched msr 0x10a > /dev/null
case $(levelctl vm show "$id" --json | tr -d ' \n') in
*'"0x7.0"'*) ok watch_records_a_leaf ;;
*) not_ok watch_records_a_leaf "$(levelctl vm show "$id" --json | tr -d ' \n')" ;;
esac
case $(levelctl vm show "$id" --json | tr -d ' \n') in
*10a*) ok watch_records_an_msr ;;
*) not_ok watch_records_an_msr "$(levelctl vm show "$id" --json | tr -d ' \n')" ;;
esac
must levelctl vm watch "$id" --off > /dev/null
hold_end watched

# --- max and default ---
must levelctl baseline apply /tmp/wide.json > /dev/null
same a_new_guest_is_offered_default "$low7" "$(leaf7 offer)"
differ a_vmm_may_set_up_to_max "$low7" "$(kvmprobe guest-cpuid --cpuid raw 7.0 | word 0x00000007 0x00000000 ebx)"

# --- one VMM's own ---
must levelctl baseline apply /tmp/all.json > /dev/null
same the_pool_s_baseline_is_the_host_s_offer "$host7" "$(leaf7 offer)"
same levelctl_run_levels_one_vmm "$low7" \
	"$(levelctl run --baseline /tmp/low.json -- kvmprobe guest-cpuid --cpuid offer 7.0 | word 0x00000007 0x00000000 ebx)"
same levelctl_run_levels_its_children "$low7" \
	"$(levelctl run --baseline /tmp/low.json -- sh -c 'kvmprobe guest-cpuid --cpuid offer 7.0; true' | word 0x00000007 0x00000000 ebx)"
# As qemu -daemonize does: who makes the VM has lost its parent, and its launcher waits.
same levelctl_run_levels_its_daemon "$low7" "$(levelctl run --baseline /tmp/low.json -- sh -c '
	mkfifo /tmp/daemon
	(sh -c "sleep 1; kvmprobe guest-cpuid --cpuid offer 7.0 > /tmp/daemon" &)
	cat /tmp/daemon' | word 0x00000007 0x00000000 ebx)"
same and_no_other_vmm "$host7" "$(leaf7 offer)"

# --- a host that lacks ---
sed 's/"leaf":"0x00000007","subleaf":"0x00000000","eax":"\(0x[0-9a-f]*\)","ebx":"0x[0-9a-f]*"/"leaf":"0x00000007","subleaf":"0x00000000","eax":"\1","ebx":"0xffffffbf"/' \
	/tmp/all.json > /tmp/more.json
must levelctl baseline apply /tmp/low.json > /dev/null
refused a_baseline_beyond_this_host_is_refused_by_name "0x7.0:ebx" levelctl baseline apply /tmp/more.json
case $(levelctl baseline show --json) in
*victims*) ok a_refused_baseline_changes_nothing ;;
*) not_ok a_refused_baseline_changes_nothing "$(levelctl baseline show)" ;;
esac

# --- the module's promises ---
size=$(cut -d ' ' -f 1,2 /proc/modules | sed -n 's/^kvm_level //p')
if [ "${KL_SLOW:-1}" != 1 ]; then
	skip the_module_is_smaller_than_128_kib "promised for stock kernels"
elif [ -e /kl/kl_gcov.ko ]; then
	skip the_module_is_smaller_than_128_kib "it counts its lines here"
elif [ "$size" -lt 131072 ]; then
	ok the_module_is_smaller_than_128_kib
else
	not_ok the_module_is_smaller_than_128_kib "$size bytes"
fi
check the_module_leaves rmmod kvm_level
