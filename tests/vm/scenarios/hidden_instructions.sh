# SPDX-License-Identifier: GPL-2.0
# A guest runs an instruction: it works on this host, works where the baseline has
# its feature, and faults where it hasn't. On each host those that it must show.
# hosts: amd intel amd:EPYC-Genoa intel:arrowlake intel:sapphirerapids
# timeout: 240
. /kl/lib.sh

all="rdtscp_in_guest rdpid_in_guest rdrand_in_guest rdseed_in_guest invpcid_in_guest
	xsaves_in_guest tpause_in_guest umwait_in_guest rdpkru_in_guest umip_in_guest
	la57_in_guest la57_by_sregs cet_in_guest enqcmd_in_guest"
case $KL_HOST:$KL_CPU in
intel:) must_show="rdtscp rdrand invpcid umip" ;;
intel:arrowlake) must_show="rdtscp rdpid rdrand rdseed invpcid xsaves tpause umwait rdpkru umip" ;;
intel:*) must_show="rdtscp rdpid rdrand rdseed invpcid xsaves tpause umwait rdpkru umip la57" ;;
# SVM has an intercept of RDTSCP, which TCG doesn't know, and none of most others.
amd:) must_show="rdpkru umip" ;;
amd:*) must_show="rdpkru umip la57" ;;
esac
# Newer KVM gives CET to guests.
case $KL_HOST:$KL_CPU:$KL_KERNEL in
intel:arrowlake:7*|intel:sapphirerapids:7*) must_show="$must_show cet" ;;
esac

# Bochs 3.0 panics when it leaves a guest whose CR4.LA57 isn't the host's: there a
# guest may only try where it can't succeed.
if [ "$KL_HOST" = intel ]; then no_la57=la57_in_guest; else no_la57=''; fi

# run FILE [BUT]: each attempt's line goes there
run() { for i in $all; do [ "$i" = "$2" ] || kvmprobe attempt "$i"; done > "$1" 2>&1; }
verdict() { sed -n "s/^attempt $1: \([a-z]*\).*/\1/p" "$2"; }
says() { sed -n "s/^attempt $1: [a-z]* *//p" "$2"; }

take_offer
must kvmprobe baseline --victims --name victims > /tmp/low.json
must kvmprobe baseline --name all > /tmp/all.json
run /tmp/without "$no_la57"
kl_load
kl_enforce /tmp/all.json
run /tmp/shown "$no_la57"
kl_enforce /tmp/low.json
run /tmp/hidden

for i in $all; do
	a=$(verdict "$i" /tmp/without)
	case " $must_show " in
	*" ${i%%_*} "*)
		if [ "$i" = "$no_la57" ]; then
			skip "${i}_works_where_it_is_shown" "the emulator panics"
		else
			same "${i}_works_where_it_is_shown" "reached reached" \
				"$a $(verdict "$i" /tmp/shown)"
		fi
		same "${i}_does_not_where_it_is_hidden" held "$(verdict "$i" /tmp/hidden)"
		# The last word is KVM's: KVM_SET_SREGS has no guest to fault.
		[ "$i" = la57_by_sregs ] ||
			same "${i}_faults" 1 "$(says "$i" /tmp/hidden | grep -c faults)" ;;
	*)
		# What the usual host doesn't have says why: others may have it.
		if [ "${a:-skipped}" = skipped ]; then
			[ -n "$KL_CPU" ] || skip "${i}_faults" "$(says "$i" /tmp/hidden)"
		else
			not_ok "${i}_faults" "nobody knew that it can be had here: $a"
		fi ;;
	esac
done
