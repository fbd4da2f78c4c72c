# SPDX-License-Identifier: GPL-2.0
# What levelctl tells an operator of a living host: what is set, whom it concerns and
# by which features, what a guest asks for, and why it can't be had from here.
# hosts: amd
# kernels: 6.12
# timeout: 300
. /kl/lib.sh

take_offer
must kvmprobe baseline --victims --name victims > /tmp/low.json
must kvmprobe baseline --name all > /tmp/all.json
vm_id() { vm_of "$(cat "/tmp/$1.pid")"; }
says() { _said=$1; shift; "$@" > /tmp/said 2>&1 && grep -Eq "$_said" /tmp/said; }
silent_of() { _said=$1; shift; "$@" > /tmp/said 2>&1 && ! grep -Eq "$_said" /tmp/said; }

check version_without_the_module says '^kvm_level +not loaded' levelctl version
refused status_without_the_module 'kvm_level is not loaded' levelctl status
kl_load
check version_with_the_module says '^kvm_level +[0-9.]+, protocol 1' levelctl version
check no_baseline_is_listed silent_of 'victims' levelctl baseline list
hold_start early
# hear OPTION...: all that comes, as text in /tmp/events and as JSON in /tmp/events.json
hear()
{
	listen events "$@"
	monitor=$listener
	listen events.json --json "$@"
	programs=$listener
}
all_heard() { wait $monitor && wait $programs; }

# announced NAME TEXT JSON: both come, among whatever else does.
announced()
{
	_i=0
	until grep -Eq "$2" /tmp/events && grep -Eq "$3" /tmp/events.json; do
		if [ $_i = $((200 * KL_SLOW)) ]; then
			not_ok "$1" "$(tail -n 3 /tmp/events /tmp/events.json | tr '\n' ' ')"
			return
		fi
		usleep 50000
		_i=$((_i + 1))
	done
	ok "$1"
}
silence() { kill $monitor $programs; wait $monitor $programs; }
hear --timeout 1
check monitor_ends_when_it_was_told_to all_heard
hear --timeout 600
kl_enforce /tmp/low.json
hold_start new
check the_baseline_is_listed says '^ *1 +victims' levelctl baseline list
same the_list_is_json_too victims "$(levelctl baseline list --json | tr -d ' \n' |
	sed -n 's/.*"id":1,"name":"\([a-z]*\)".*/\1/p')"

# The guest asks for leaf 7, of which the baseline would take some.
must levelctl vm watch "$(vm_id early)" > /dev/null
ask early cpuid 7 0 > /dev/null
ask early cpuid 0x80000000 0 > /dev/null
check what_a_guest_asks_for_is_shown says '0x7\.0 +[0-9]+ +ebx 0x[0-9a-f]+ \(.*smap' \
	levelctl vm show "$(vm_id early)"
check what_it_asks_for_and_loses_nothing_of_is_shown grep -Eq '0x80000000\.0 +[0-9]+ +-' /tmp/said
check why_it_is_stranded_is_shown grep -Eq 'stranded +it is pinned to no baseline' /tmp/said
must levelctl baseline apply /tmp/all.json > /dev/null
check a_wider_baseline_strands_nobody silent_of 'STRANDED BY' levelctl vm show "$(vm_id new)"
hold_start wide
must levelctl baseline apply /tmp/low.json > /dev/null
check by_which_features_a_vm_is_stranded says '^ *(CPUID )?0x7\.0:ebx.*smap' \
	levelctl vm show "$(vm_id wide)"
announced a_new_baseline_is_announced 'baseline 1 "victims"' '^\{.*"baseline": ?1.*\}$'
announced a_new_vm_is_announced 'vm-created vm' '^\{.*"event": ?"vm-created".*\}$'
silence

# A VM of the wider baseline is stranded by the lower one, and an older one by any.
must levelctl baseline apply /tmp/all.json > /dev/null
hear --count 1 --timeout 600
must levelctl baseline apply /tmp/low.json > /dev/null
must all_heard
check whom_a_new_baseline_strands_is_announced grep -Eq 'baseline [0-9]+ "victims" stranded 2$' /tmp/events
check whom_it_strands_is_json_too grep -Eq '"stranded": ?2' /tmp/events.json
must levelctl mode audit > /dev/null
hear --count 2 --timeout 600
hold_start audited --cpuid raw
must all_heard
check what_a_vm_has_too_much_is_announced grep -Eq 'audit vm [0-9]+ CPUID 0x[0-9a-f]+\.[0-9]+:e[a-d]x bits 0x[0-9a-f]+ \(.+\)' /tmp/events
check what_it_has_too_much_is_json_too grep -Eq '"leaf": ?"0x[0-9a-f]+".*"reg": ?"e[a-d]x".*"bits": ?"0x.*"features": ?"' /tmp/events.json
hold_end audited
must levelctl mode enforce > /dev/null

place='CPUID 0x[0-9a-f]+\.[0-9]+:e[a-d]x bits 0x[0-9a-f]+ \(.+\): .+'
# A guest from before the baseline has all of KVM's bits of this register.
caps=$(ask early get-msr 0x10a)
caps=${caps##* }

hear --timeout 600
hold_start cut --cpuid raw
cut=$(vm_id cut)
announced what_a_table_is_cut_by_is_announced "levelled vm $cut $place" \
	"\"event\": ?\"levelled\", ?\"vm\": ?$cut,.*\"leaf\": ?\"0x.*\"text\": ?\""
must ask cut set-msr 0x10a "$caps" > /tmp/set
announced what_a_register_is_cut_by_is_announced \
	"levelled vm $cut MSR 0x10a bits 0x[0-9a-f]+ \(.+\): beyond the baseline" \
	"\"event\": ?\"levelled\", ?\"vm\": ?$cut,.*\"msr\": ?\"0x0000010a\""
must levelctl mode strict > /dev/null
same strict_mode_refuses_the_register 'error KVM_SET_MSRS: Invalid argument' \
	"$(ask cut set-msr 0x10a "$caps")"
announced what_a_register_is_refused_for_is_announced \
	"refused vm $cut MSR 0x10a bits 0x[0-9a-f]+ \(.+\): beyond the baseline" \
	"\"event\": ?\"refused\", ?\"vm\": ?$cut,.*\"msr\": ?\"0x0000010a\""
same strict_mode_refuses_the_table 'error KVM_SET_CPUID2: Invalid argument' \
	"$(ask cut set-cpuid raw)"
announced what_a_table_is_refused_for_is_announced "refused vm $cut $place" \
	"\"event\": ?\"refused\", ?\"vm\": ?$cut,.*\"leaf\": ?\"0x.*\"text\": ?\""
must levelctl mode enforce > /dev/null
same a_vm_that_lives_has_not_gone 0 "$(grep -c "vm-gone vm $cut\$" /tmp/events)"
hold_end cut
announced that_a_vm_has_gone_is_announced "vm-gone vm $cut\$" \
	"\"event\": ?\"vm-gone\", ?\"vm\": ?$cut *[,}]"
silence

hear --count 2 --timeout 600
for how in '' '' --off --off; do
	# shellcheck disable=SC2086 # or nothing
	must levelctl vm adopt $how "$(vm_id early)" > /dev/null
done
must all_heard
same who_is_adopted_is_announced_once 'adopted vm 1 on adopted vm 1 off ' \
	"$(sed 's/^[^ ]* //' /tmp/events | tr '\n' ' ')"
check that_it_is_no_longer_is_json_too grep -Eq '"event": ?"adopted".*"on": ?false' /tmp/events.json
hear --count 1 --timeout 600
must levelctl baseline clear > /dev/null
must all_heard
check that_the_baseline_is_cleared_is_announced grep -Eq ' cleared$' /tmp/events
check that_it_is_cleared_is_json_too grep -Eq '"cleared": ?true' /tmp/events.json
must levelctl baseline apply /tmp/low.json > /dev/null

# SERIALIZE, which no emulator has.
sed 's/\("leaf":"0x00000007","subleaf":"0x00000000".*"edx":"0x\)......../\120004000/' /tmp/low.json > /tmp/more.json
refused a_baseline_beyond_this_host 'this host lacks CPUID 0x7\.0:edx .*serialize' \
	levelctl baseline verify /tmp/more.json
refused from_another_network_namespace 'host.s network namespace' unshare -n levelctl status
hold_end wide
hold_end new
hold_end early

# Nobody would tell it of another module's events.
hear --timeout 600
must rmmod kvm_level
ended=0
wait $monitor || ended=$?
wait $programs || :
same monitor_ends_when_the_module_goes 1 $ended
check and_says_why grep -q 'no more events: kvm_level was unloaded' /tmp/events.err
