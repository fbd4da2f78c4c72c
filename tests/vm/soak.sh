# SPDX-License-Identifier: GPL-2.0
# For SECONDS, four VMs at a time of two vCPUs each that read CPUID and MSRs and set
# them again, while baselines swap, modes flip, VMs are watched and adopted, and
# kvm_level, the vendor's module and all of KVM come and go. Each vCPU reads what its
# VM's baseline makes of its table, all its life, and the kernel has nothing to say.
#	tests/vm/host ... tests/vm/soak.sh SECONDS
. /kl/lib.sh

seconds=${1:?}
f=/tmp/soak
mkdir -p $f/n
: > $f/loose

now() { read -r _now _ < /proc/uptime; echo "${_now%.*}"; }
# shellcheck disable=SC3028 # busybox sh has it
chance() { [ $((RANDOM % 100)) -lt "$1" ]; }
# One more of that kind was done.
did() { echo >> $f/n/"$1"; }
tally() { if [ -e "$f/n/$1" ]; then wc -l < "$f/n/$1"; else echo 0; fi; }
# Levelling ends, or begins again: what a VM reads that is made meanwhile is its own.
turn() { printf . >> $f/loose; }
# try KIND COMMAND...: it must succeed
try()
{
	_kind=$1
	shift
	if "$@" > $f/said 2>&1; then
		did "$_kind"
	else
		echo "$*: $(tail -n 2 $f/said | tr '\n' ' ')" >> $f/failed
	fi
}
# Numbers of VMs, of process $1 or of all.
vms_of()
{
	levelctl vm list --json | tr -d ' \n' | tr '{' '\n' |
		sed -n "s/.*\"id\":\([0-9]*\).*\"pid\":${1:-[0-9]*},.*/\1/p"
}

both_live() { kill -0 $strict && kill -0 "$loose"; }

# --- What is done meanwhile -------------------------------------------------------

swap() { try swap levelctl baseline apply "/tmp/$(chance 50 && echo low || echo all).json"; }

flip()
{
	turn
	try mode levelctl mode "$(chance 50 && echo off || echo audit)"
	swap
	try mode levelctl mode enforce
	turn
}

strict() { try strict levelctl mode strict; swap; try mode levelctl mode enforce; }

exits()
{
	try exits levelctl mode enforce --exits always
	swap
	try exits levelctl mode enforce --exits needed
}

# some_vms KIND [PID]: `levelctl vm KIND` of VMs of that process, or of all. There may be
# none just now, or they have gone by the time that we ask; the first time one is waited for.
some_vms()
{
	_tries=0
	while [ $_tries -lt 100 ]; do
		for id in $(vms_of "${2-}" | head -n 4); do
			levelctl vm "$1" "$id" > /dev/null 2>&1 && did "$1"
			levelctl vm show "$id" > /dev/null 2>&1
		done
		if [ -z "$first" ] || [ "$(tally "$1")" != 0 ]; then break; fi
		usleep 100000
		_tries=$((_tries + 1))
	done
}

watch() { some_vms watch; }

# What an adopted VM reads changes, and is meant to: not with those that mind.
adopt() { some_vms adopt "$loose"; }

# A VM that is made now, and its whole life, or 60 s. Left to chance, a slow host may have
# had none of one of the baselines.
a_life()
{
	_last=$(vms_of | sort -n | tail -n 1)
	_id=
	_tries=0
	while [ $_tries -lt 300 ] && both_live; do
		_now_live=$(vms_of "$strict" | sort -n)
		if [ -z "$_id" ]; then
			_id=$(echo "$_now_live" | awk -v last="${_last:-0}" '$1 > last { print $1; exit }')
		elif ! echo "$_now_live" | grep -qx "$_id"; then
			break
		fi
		usleep 200000
		_tries=$((_tries + 1))
	done
}

own()
{
	try own levelctl run --baseline /tmp/low.json -- \
		kvmprobe churn --vms 2 --seconds 1 --vcpus 1 --cpuid raw
}

module()
{
	turn
	try unload rmmod kvm_level
	chance 50 || usleep 200000
	try load insmod /kl/kvm_level.ko
	swap
	try mode levelctl mode enforce
	turn
}

# Whoever holds KVM lets go of it ...
halt()
{
	touch $f/pause
	while [ ! -e $f/paused ] || [ ! -e $f/paused.loose ]; do
		both_live || return
		usleep 10000
	done
}

# ... and has seen that he may have it back, so that the next time he lets go anew.
resume()
{
	rm $f/pause
	while [ -e $f/paused ] || [ -e $f/paused.loose ]; do
		both_live || return
		usleep 1000
	done
}

# gone KIND COMMAND...: without KVM for a while. He takes it again while its modules are
# loading.
gone()
{
	halt || return
	try "$@"
	resume || return
	try "$1" load-kvm
}

kvm()
{
	if [ -n "$first" ] || chance 30; then gone kvm unload-kvm; fi
	if [ -n "$first" ] || chance 70; then gone vendor rmmod "$kvm_vendor"; fi
}

# --- For as long as that ----------------------------------------------------------

kl_start
# Somebody listens, but for when the module is away; it ends when that goes for good.
listen_on()
{
	while [ ! -e $f/stop ]; do
		levelctl monitor >> $f/events 2>> $f/deaf
		usleep 100000
	done
}
listen_on &
end=$(($(now) + seconds))
kvmprobe soak --vms 4 --folder $f \
	--allow /tmp/low.json --allow /tmp/all.json > $f/strict.out 2>&1 &
strict=$!
kvmprobe soak --vms 1 --folder $f --loose > $f/loose.out 2>&1 &
loose=$!
# Beside eight vCPUs that never wait it would have a turn twice a minute.
renice -n -19 -p $$ > /dev/null
for b in low all; do
	try swap levelctl baseline apply /tmp/$b.json
	a_life
done
# All of it once, and then whatever comes.
first=1
while [ "$(now)" -lt $end ] && both_live; do
	for act in swap:100 watch:20 module:10 strict:10 flip:15 adopt:20 exits:10 kvm:10 own:5; do
		if [ -n "$first" ] || chance "${act#*:}"; then "${act%:*}"; fi
	done
	first=
done
touch $f/stop
wait $strict
same every_vcpu_reads_its_baseline_all_its_life "0" "$?"
wait $loose
same adopted_vms_live_on "0" "$?"
cat $f/strict.out $f/loose.out >&2
tail -n 1 $f/events >&2
same nothing_that_was_asked_failed "" "$(head -n 3 $f/failed 2> /dev/null)"
said=
for kind in swap mode strict exits watch adopt own unload load vendor kvm; do
	said="$said $kind=$(tally $kind)"
done
echo "soak did:$said" >&2
# A short one need not have had all of it.
long=
[ "$seconds" -lt 120 ] || long='strict exits adopt own load vendor kvm'
for kind in swap mode watch unload $long; do
	check "${kind}_was_done_meanwhile" test "$(tally "$kind")" -gt 0
done
for b in low all; do
	n=$(sed -n "s/^soak baseline .*$b.json: \([0-9]*\) VMs/\1/p" $f/strict.out)
	check "some_vms_had_baseline_$b" test "${n:-0}" -gt 0
done
check somebody_listened test -s $f/events
no_vm_is_left
check the_module_leaves rmmod kvm_level
