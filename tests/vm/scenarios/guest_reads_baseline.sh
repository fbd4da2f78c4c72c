# SPDX-License-Identifier: GPL-2.0
# The main job: a stock Linux guest under stock QEMU reads the pool's baseline
# instead of the host's CPU, in enforce and in strict mode.
# timeout: 400
# guest: yes
# first-on: 6.1/amd 6.1/intel 6.12 7/amd 7/intel
. /kl/lib.sh

take_offer
must guest > /tmp/host.report
must kvmprobe baseline --victims --name victims > /tmp/low.json
kl_load
must guest -- cpuid > /tmp/idle.report
# All that it reads: guests of one vCPU read the same on each boot.
leaves() { grep '^cpu 0 cpuid ' "$1"; }
leaves /tmp/host.report > /tmp/host.leaves
leaves /tmp/idle.report > /tmp/idle.leaves
check loaded_but_off_changes_nothing diff -U 0 /tmp/host.leaves /tmp/idle.leaves

# Leaf, subleaf, and four registers, a line each.
baseline_words()
{
	sed -n 's/.*"leaf":"\(0x[0-9a-f]*\)","subleaf":"\(0x[0-9a-f]*\)","eax":"\(0x[0-9a-f]*\)","ebx":"\(0x[0-9a-f]*\)","ecx":"\(0x[0-9a-f]*\)","edx":"\(0x[0-9a-f]*\)".*/\1 \2 \3 \4 \5 \6/p' "$1"
}

kl_enforce /tmp/low.json
must guest --smp 2 > /tmp/low.report
must levelctl mode strict > /dev/null
# All of it is the offer's but the width of physical addresses: that QEMU reads from the
# processor, and has to be told of the baseline's.
refused strict_mode_refuses_the_host_s_address_width 'nvalid argument' guest
width=$(baseline_words /tmp/low.json | awk '$1 == "0x80000008" { print $3 }')
check strict_mode_runs_a_guest_that_takes_the_offer \
	guest --cpu "host,host-phys-bits-limit=$((width & 255))"
cp /tmp/check.out /tmp/strict.report
# Of a report without a leaf all that is asked below would be true.
for report in host low strict; do
	check "the_${report}_guest_reports_its_leaves" test "$(leaves /tmp/$report.report | wc -l)" -ge 100
done

# Each register of each leaf that the baseline governs, on each vCPU.
# What the VMM owns, or the vCPU changes at run time, is masked away:
#   1.ebx, 1.ecx OSXSAVE+HYPERVISOR(+x2apic as offered), 1.edx HTT, 0xd.0/1.ebx.
#
# above REPORT: words of the guest's that have a bit which the baseline lacks
above()
{
	baseline_words /tmp/low.json > /tmp/words
	awk '
	function bits(h,   i, v) { v = 0; h = substr(h, length(h) - 7)
		for (i = 1; i <= 8; i++) v = v * 16 + index("0123456789abcdef", substr(h, i, 1)) - 1
		return v }
	function beyond(a, b,   i, r, p) { r = 0; p = 1
		for (i = 0; i < 32; i++) { if (a % 2 == 1 && b % 2 == 0) r += p
			a = int(a / 2); b = int(b / 2); p *= 2 }
		return r }
	NR == FNR { for (i = 3; i <= 6; i++) max[$1 " " $2 " " i] = bits($i); leaf[$1] = 1; next }
	$3 == "cpuid" {
		l = $4; s = $5
		if (l == "0x00000000") last = "0x" $6
		if (l ~ /^0x[48]0000000$/) top = "0x" $6
		# Beyond a range, Intel shows the last basic leaf.
		if (l > last && (l < "0x40000000" || l > top)) l = last
		# The VMM own these leaves (design: what belongs to the VMM passes).
		if (l ~ /^0x0000000[0234b]$/ || l == "0x00000000" || l == "0x00000015" || l == "0x00000016" || l == "0x0000001f") next
		if (l ~ /^0x8000000[0-6]$/ && l != "0x80000001") next
		if (l == "0x8000001d" || l == "0x8000001e" || l == "0x80000026" || l == "0x40000000" || l == "0x40000010") next
		for (i = 6; i <= 9; i++) {
			key = l " " s " " (i - 3)
			if (!((l " " s " 3") in max)) key = l " 0x00000000 " (i - 3)
			if (l == "0x0000000d" || l == "0x00000007") key = l " " s " " (i - 3)
			m = (key in max) ? max[key] : 0
			m = m % 4294967296
			b = beyond(bits($i), m)
			if (l == "0x00000001" && (i == 6 || i == 7)) b = 0
			if (l == "0x00000001" && i == 8) { b = beyond(b, 2147483648 + 134217728) }
			if (l == "0x00000001" && i == 9) { b = beyond(b, 268435456) }
			if (l == "0x00000007" && i == 8) { b = beyond(b, 16) }
			if (l == "0x0000000d" && i == 7) b = 0
			if (l == "0x80000008" && (i == 8 || i == 6)) b = 0
			if (l == "0x80000001" && i == 8) { b = beyond(b, 2) }
			if (l == "0x80000001" && (i == 6 || i == 7)) b = 0
			if (l == "0x40000001" && i == 9) b = 0
			if (l == "0x40000001" && i == 6) b = beyond(b, 32768)
			if (b) printf "%s.%s reg %d has 0x%x beyond; ", l, s, i - 6, b
		}
	}' /tmp/words "$1"
}

differ the_host_has_more_than_the_baseline "" "$(above /tmp/host.report)"
same no_word_of_an_enforced_guest_is_above_the_baseline "" "$(above /tmp/low.report)"
same no_word_of_a_strict_guest_is_above_the_baseline "" "$(above /tmp/strict.report)"

flags() { sed -n 's/^flags//p' "$1" | head -n 1; }
for flag in avx avx2 smap fsgsbase; do
	flags /tmp/host.report | grep -qw "$flag" || { skip "proc_cpuinfo_loses_$flag" "the host lacks it"; continue; }
	if flags /tmp/low.report | grep -qw "$flag"; then
		not_ok "proc_cpuinfo_loses_$flag" "the guest lists it"
	else
		ok "proc_cpuinfo_loses_$flag"
	fi
done
for flag in fpu sse2 nx lm xsave; do
	if flags /tmp/low.report | grep -qw "$flag"; then
		ok "proc_cpuinfo_keeps_$flag"
	else
		not_ok "proc_cpuinfo_keeps_$flag" "the guest lacks it: $(flags /tmp/low.report)"
	fi
done

try() { sed -n "s/^try $1 //p" "$2" | head -n 1; }
same the_host_s_guest_runs_avx ok "$(try avx /tmp/host.report)"
same a_levelled_guest_takes_sigill_on_avx sigill "$(try avx /tmp/low.report)"
same the_host_s_guest_runs_rdfsbase ok "$(try rdfsbase /tmp/host.report)"
same a_levelled_guest_takes_sigill_on_rdfsbase sigill "$(try rdfsbase /tmp/low.report)"

msr() { sed -n "s/^msr $1 //p" "$2" | head -n 1; }
differ arch_capabilities_of_the_host_show_more "$(msr 0x0000010a /tmp/low.report)" "$(msr 0x0000010a /tmp/host.report)"
same the_second_vcpu_reads_the_same \
	"$(sed -n 's/^cpu 0 cpuid 0x00000007 0x00000000 //p' /tmp/low.report)" \
	"$(sed -n 's/^cpu 1 cpuid 0x00000007 0x00000000 //p' /tmp/low.report)"
same no_guest_has_a_complaint "" "$(cat /tmp/host.report /tmp/low.report /tmp/strict.report | grep '^dmesg-bad' | head -n 3)"
