# SPDX-License-Identifier: GPL-2.0
# "levelctl explain" says how strongly a feature is hidden; a guest proves each
# word: what it says is refused is refused, what it says may work works.
# timeout: 240
# guest: yes
. /kl/lib.sh

take_offer
must kvmprobe baseline --victims --name victims > /tmp/low.json

# says FEATURE CLASS: on this host's vendor
says() { levelctl explain "$1" --json | grep -Eq "\"hidden_$KL_HOST\": \[.*\"$2\".*\]"; }

# proven CLASS FEATURE ATTEMPT: explained so, reached without the module, held with it
proven()
{
	a=$(sed -n "s/^attempt $3: \([a-z]*\).*/\1/p" /tmp/without | tail -n 1)
	b=$(sed -n "s/^attempt $3: \([a-z]*\).*/\1/p" /tmp/with | tail -n 1)
	check "$2_is_explained_as_$1" says "$2" "$1"
	same "$2_is_hidden_by_$1" "reached held" "$a $b"
}

attempts="cr4_by_guest xsetbv_by_guest hidden_msrs rdtscp_in_guest"
for a in $attempts; do kvmprobe attempt "$a"; done > /tmp/without 2>&1
must guest > /tmp/host.report
kl_load
kl_enforce /tmp/low.json
for a in $attempts; do kvmprobe attempt "$a"; done > /tmp/with 2>&1

proven cr4 fsgsbase cr4_by_guest
proven xcr0 avx xsetbv_by_guest
proven msr tsc_adjust hidden_msrs
# QEMU's TCG can't trap RDTSCP.
[ "$KL_HOST" = amd ] || proven control rdtscp rdtscp_in_guest

# cpuid: BMI1 (0x7.0:ebx[3]) is taken away, is not shown, and works all the same.
ebx=$(sed -n 's/.*"leaf":"0x00000007","subleaf":"0x00000000","eax":"0x[0-9a-f]*","ebx":"\(0x[0-9a-f]*\)".*/\1/p' /tmp/low.json)
without=$(printf '0x%08x' $((ebx & ~8)))
sed "/\"leaf\":\"0x00000007\",\"subleaf\":\"0x00000000\"/s/\"ebx\":\"$ebx\"/\"ebx\":\"$without\"/" \
	/tmp/low.json > /tmp/bmi1.json
must levelctl baseline apply /tmp/bmi1.json > /dev/null
must guest > /tmp/bmi1.report
flag() { sed -n 's/^flags//p' "$2" | grep -cw "$1"; }
check bmi1_is_explained_as_cpuid says bmi1 cpuid
same bmi1_is_shown_by_the_host 1 "$(flag bmi1 /tmp/host.report)"
same bmi1_is_not_shown_to_a_levelled_guest "1 0" \
	"$(flag fpu /tmp/bmi1.report) $(flag bmi1 /tmp/bmi1.report)"
same bmi1_may_work_all_the_same ok "$(sed -n 's/^try bmi1 //p' /tmp/bmi1.report)"
