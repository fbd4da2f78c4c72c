# SPDX-License-Identifier: GPL-2.0
# A baseline whose max is wider than its default, made by levelctl: what a new guest
# is offered, what one that moves in may keep, and what is too much for both.
# guest: yes
. /kl/lib.sh

take_offer
kl_load
leaf7() { kvmprobe guest-cpuid --cpuid "$1" 7.0 | word 0x00000007 0x00000000 ebx; }
has() { [ $(($1 >> $2 & 1)) = 1 ]; }
host7=$(leaf7 offer)

# Two features of leaf 7 that this host has: one only in max, one in neither.
kept='' hidden=''
for feature in bmi1:3 bmi2:8 erms:9 smep:7; do
	has "$host7" "${feature#*:}" || continue
	if [ -z "$kept" ]; then kept=$feature; elif [ -z "$hidden" ]; then hidden=$feature; fi
done
if [ -z "$hidden" ]; then
	skip max_and_default "this host has not two of bmi1, bmi2, erms, smep"
	exit 0
fi
kept_bit=${kept#*:} hidden_bit=${hidden#*:}
must kvmprobe baseline --name whole > /tmp/whole.json
must kvmprobe baseline --name middle --clear "0x7.0:ebx[$hidden_bit]" > /tmp/middle.json
must levelctl baseline narrow /tmp/middle.json --without "${kept%:*}" -o /tmp/two.json 2> /tmp/narrow.err
check narrow_says_what_max_keeps grep -q "max has ${kept%:*} beyond the default" /tmp/narrow.err

check this_host_can_run_it levelctl baseline verify /tmp/two.json
kl_enforce /tmp/two.json
if has "$(leaf7 offer)" "$kept_bit"; then
	not_ok a_new_guest_is_offered_default "$(leaf7 offer)"
else
	ok a_new_guest_is_offered_default
fi
got=$(leaf7 raw)
if has "$got" "$kept_bit"; then
	ok a_guest_that_moves_in_keeps_what_is_in_max
else
	not_ok a_guest_that_moves_in_keeps_what_is_in_max "$got"
fi
if has "$got" "$hidden_bit"; then
	not_ok and_not_more "$got"
else
	ok and_not_more
fi

# Strict: the same, but what is too much is refused and not cut. As a table for a VMM
# serves what another baseline offered.
offer_under() { must levelctl baseline apply "$1" > /dev/null; kvmprobe supported; }
offer_under /tmp/middle.json > /tmp/older
offer_under /tmp/whole.json > /tmp/widest
kl_enforce /tmp/two.json strict
if kvmprobe guest-cpuid --cpuid /tmp/older 7.0 > /tmp/got 2>&1; then
	ok strict_lets_a_vmm_set_up_to_max
else
	not_ok strict_lets_a_vmm_set_up_to_max "$(cat /tmp/got)"
fi
if has "$(word 0x00000007 0x00000000 ebx < /tmp/got)" "$kept_bit"; then
	ok and_its_guest_has_it
else
	not_ok and_its_guest_has_it "$(cat /tmp/got)"
fi
refused strict_refuses_more_than_max '[Ii]nvalid argument' \
	kvmprobe guest-cpuid --cpuid /tmp/widest 7.0
check a_new_guest_starts_in_strict_mode kvmprobe guest-cpuid --cpuid offer 7.0

# --- a register of which a guest that moves in has more than default ---
# mds-no, in the register and nowhere in CPUID.
must levelctl baseline apply /tmp/whole.json > /dev/null
must levelctl mode enforce > /dev/null
hold_start first
caps=$(ask first get-msr 0x10a)
hold_end first
caps=${caps##* }
if has "$caps" 5; then
	must kvmprobe baseline --name less --clear 'msr:0x10a[5]' > /tmp/less.json
	must levelctl baseline narrow /tmp/whole.json --without mds-no -o /tmp/msr.json 2> /dev/null
	must levelctl baseline apply /tmp/msr.json > /dev/null
	hold_start brings
	hold_start begins
	less=$(ask begins get-msr 0x10a)
	less=${less##* }
	same a_new_guest_s_register_has_default $((caps & ~32)) $((less))
	same a_vmm_sets_it_within_default ok "$(ask begins set-msr 0x10a "$less")"
	same a_vmm_sets_it_up_to_max ok "$(ask brings set-msr 0x10a "$caps")"
	same and_kvm_has_it "msr 0x10a $caps" "$(ask brings get-msr 0x10a)"
	must levelctl baseline apply /tmp/less.json > /dev/null
	same what_a_guest_brought_is_told yes "$(flagged brings above-default)"
	same a_guest_that_began_there_brought_nothing no "$(flagged begins above-default)"
	same what_a_guest_brought_strands_it_under_less yes "$(stranded brings)"
	same a_guest_that_began_there_is_not_stranded no "$(stranded begins)"
	show() { levelctl vm show "$(vm_of "$(cat "/tmp/$1.pid")")" > "/tmp/$1.shown"; }
	must show brings
	check what_a_guest_brought_is_named grep -q mds-no /tmp/brings.shown
	must kvmprobe baseline --name least --clear 'msr:0x10a[5]' \
		--clear "0x7.0:ebx[$hidden_bit]" > /tmp/least.json
	must levelctl baseline apply /tmp/least.json > /dev/null
	must show begins
	check what_a_guest_was_given_is_named grep -q "${hidden%:*}" /tmp/begins.shown
	same what_it_never_had_is_not 0 "$(grep -c mds-no /tmp/begins.shown)"
	hold_end brings
	hold_end begins
else
	skip a_register_above_default "this host's KVM offers no mds-no"
fi

# --- a max that this host can't give ---
must levelctl baseline narrow /tmp/whole.json --without "${kept%:*}" -o /tmp/all.json 2> /dev/null
check a_max_of_all_that_this_host_has_is_taken levelctl baseline apply /tmp/all.json
# EBX of leaf 7 in max: what it is, and with a bit that this host has not.
max7() { awk '/"max": \{/ { max = 1 } max && /"leaf": "0x00000007", "subleaf": "0x00000000"/' "$1" | sed 's/.*"ebx": "\([^"]*\)".*/\1/'; }
whole7=$(max7 /tmp/all.json)
for bit in 12 15 18 23 25; do
	has "$whole7" "$bit" || break
done
beyond7=$(printf '0x%08x' $((whole7 | 1 << bit)))
awk -v from="$whole7" -v to="$beyond7" '
	/"max": \{/ { max = 1 }
	max && /"leaf": "0x00000007", "subleaf": "0x00000000"/ { sub("\"ebx\": \"" from, "\"ebx\": \"" to) }
	{ print }' /tmp/all.json > /tmp/beyond.json
if has "$whole7" "$bit"; then
	skip a_max_beyond_this_host_is_refused "it has all that could be asked for"
else
	refused a_max_beyond_this_host_is_refused "0x7.0:ebx.*$(printf '%x' $((1 << bit)))" \
		levelctl baseline apply /tmp/beyond.json
fi
check the_module_leaves rmmod kvm_level
