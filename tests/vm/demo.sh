# SPDX-License-Identifier: GPL-2.0
# tests/demo, on the pool's newest host: the pool's baseline, and three guests.
. /kl/lib.sh
hostname newest

echo
echo "-- A guest as things are: qemu-system-x86_64 -accel kvm -cpu host"
must guest > /tmp/without

echo "-- The pool's baseline: levelctl pool compute oldest.json newest.json"
must levelctl host dump -o /tmp/newest.json
must levelctl pool compute --name demo /kl/old.json /tmp/newest.json -o /tmp/pool.json
lost=$(sed -n 's/.*{"feature": "\([^"]*\)".*missing_on.*/\1/p' /tmp/pool.json | grep -v '^msr:' | tr '\n' ' ')
echo "   what the oldest host costs the pool: $(echo "$lost" | fold -s -w 90 | sed '2,$s/^/     /')"

echo "-- insmod kvm_level.ko; levelctl baseline apply pool.json; levelctl mode enforce"
kl_load
kl_enforce /tmp/pool.json
must guest > /tmp/enforced

echo "-- levelctl mode strict"
must levelctl mode strict > /dev/null
must guest > /tmp/strict

leaf() { echo "0x$(word "$1" 0x00000000 "$2" < "$3")"; }
try() { sed -n "s/^try $1 //p" "$2"; }
flags() { sed -n 's/^flags //p' "$1"; }
row() { printf '%-34s %-18s %-18s %-18s\n' "$@"; }
each() { row "$1" "$($2 /tmp/without)" "$($2 /tmp/enforced)" "$($2 /tmp/strict)"; }
top_leaf() { leaf 0x00000000 eax "$1"; }
leaf1_ecx() { leaf 0x00000001 ecx "$1"; }
leaf7_ebx() { leaf 0x00000007 ebx "$1"; }
count() { flags "$1" | wc -w; }
flag() { if flags "$2" | grep -qw "$1"; then echo yes; else echo no; fi; }

echo
echo "What each guest reads:"
row "" "no baseline" "enforce" "strict"
each "CPUID 0x0 eax (highest leaf)" top_leaf
each "CPUID 0x1 ecx" leaf1_ecx
each "CPUID 0x7.0 ebx" leaf7_ebx
each "/proc/cpuinfo, number of flags" count
for f in sse4_1 aes avx avx2 fma smap fsgsbase; do
	row "/proc/cpuinfo has $f" "$(flag $f /tmp/without)" "$(flag $f /tmp/enforced)" "$(flag $f /tmp/strict)"
done
echo "What each guest can execute:"
for i in avx avx2 fma rdfsbase xgetbv rdtscp rdrand; do
	row "$i" "$(try $i /tmp/without)" "$(try $i /tmp/enforced)" "$(try $i /tmp/strict)"
done
if [ "$(flag rdrand /tmp/enforced)" = no ] && [ "$(try rdrand /tmp/enforced)" = ok ]; then
	echo "   (rdrand is not shown, but AMD's processors have no control that makes it fault: levelctl explain rdrand)"
fi

echo
echo "What is refused in strict mode:"
if kvmprobe guest-cpuid --cpuid raw 7.0 > /tmp/greedy 2>&1; then
	echo "not ok: a VMM that sets the processor's own CPUID was not refused"
	exit 1
fi
echo "   a VMM that sets the processor's own CPUID:  $(tail -n 1 /tmp/greedy)"
if guest --cpu host,+avx2,enforce -- cpuid > /tmp/avx2 2>&1; then
	echo "not ok: QEMU gave its guest avx2"
	exit 1
fi
echo "   QEMU with -cpu host,+avx2,enforce:          $(grep -m 1 -i "doesn't support" /tmp/avx2 | sed 's/.*warning: //')"
# SERIALIZE, which no emulator has.
must levelctl pool compute --name more /tmp/newest.json 2> /dev/null |
	sed '/"leaf": "0x00000007", "subleaf": "0x00000000"/s/"edx": "0x\(....\)..../"edx": "0x\14000/' > /tmp/more.json
if levelctl baseline apply /tmp/more.json > /tmp/apply 2>&1; then
	echo "not ok: a baseline with more than this host has was applied"
	exit 1
fi
echo "   a baseline with more than this host has:    $(tail -n 1 /tmp/apply)"

echo
levelctl status | head -n 12
if [ "$(leaf7_ebx /tmp/without)" = "$(leaf7_ebx /tmp/enforced)" ] ||
   [ "$(try avx /tmp/enforced)" != sigill ]; then
	echo "not ok: the levelled guest is not levelled"
	exit 1
fi
echo
echo "The guest read the pool's CPU, and the hidden instructions that XCR0 and CR4 guard fault in it."
