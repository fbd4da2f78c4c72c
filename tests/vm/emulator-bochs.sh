# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The Intel host: Bochs, which emulates VMX with EPT, and whole generations of
# Intel's processors. emulator-qemu.sh says what these functions are.
#
# Its clock is made of instructions: one is one tick of the TSC, a halt skips what
# it waits for, and the same run takes the same path each time. So --icount has
# nothing to add here.

# shellcheck disable=SC2154 # set by host
emulator_prepare()
{
	emulator_model > /dev/null && bochs=$("$here/fetch-bochs")
}

# The first whose clocks agree with each other.
emulator_cpu() { echo haswell; }

# What Bochs calls a generation.
emulator_model()
{
	case $cpu in
		penryn)         echo core2_penryn_t9600 ;;
		nehalem)        echo corei5_lynnfield_750 ;;
		sandybridge)    echo corei7_sandy_bridge_2600k ;;
		ivybridge)      echo corei7_ivy_bridge_3770k ;;
		haswell)        echo corei7_haswell_4770 ;;
		broadwell)      echo broadwell_ult ;;
		skylake)        echo corei7_skylake_x ;;
		icelake)        echo corei7_icelake_u ;;
		tigerlake)      echo tigerlake ;;
		sapphirerapids) echo sapphire_rapids ;;
		arrowlake)      echo arrow_lake ;;
		*)
			echo "host: Intel's --cpu is one of penryn nehalem sandybridge" \
				"ivybridge haswell broadwell skylake icelake tigerlake" \
				"sapphirerapids arrowlake" >&2
			return 1 ;;
	esac
}

emulator_append()
{
	# The clock can be trusted, and calibrating costs time. Machine checks: 6.12
	# trips over banks that Bochs does not have. The BIOS has no EDD.
	echo "tsc=reliable no_timer_check nowatchdog mce=off edd=off"
	# An interrupt from another processor does not always end MWAIT: rmmod takes
	# seconds, or waits for ever in smp_call_function_many().
	[ "$smp" = 1 ] || echo idle=halt
	case $cpu in
		# It says that it has hyperthreading, but not the threads: 6.12 warns.
		penryn) echo clearcpuid=ht ;;
		# Its local APIC's timer never fires.
		skylake) echo nolapic_timer ;;
		# With FSRM, 6.1 hangs early in memmove().
		icelake|tigerlake|sapphirerapids|arrowlake) echo clearcpuid=fsrm ;;
	esac
}

# Little-endian words, for bash to write.
emulator_le32()
{
	local word

	for word; do
		# shellcheck disable=SC2059 # escapes are what it is to be
		printf "$(printf '\\x%02x' $((word & 255)) $((word >> 8 & 255)) \
			$((word >> 16 & 255)) $((word >> 24 & 255)))"
	done
}

emulator_le64()
{
	local word

	for word; do
		emulator_le32 "$word" $((word >> 32))
	done
}

# Where things lie in the host's memory. The kernel has linked itself to the first,
# bochs/boot.S knows the second and the last.
emulator_kernel_at=$((0x1000000))
emulator_info_at=$((0x7000000))
emulator_initrd_at=$((0x8000000))
emulator_map_at=$((0x8000))

# The kernel as it lies in memory, and what bochs/boot.S hands to it: a struct
# hvm_start_info (Xen's include/public/arch-x86/hvm/start_info.h), the kernel's
# entry, one module and the command line.
# shellcheck disable=SC2154 # set by host
emulator_boot_images()
{
	local entry

	objcopy -O binary "$vmlinux" "$work/kernel"
	[ $((emulator_kernel_at + $(stat -c %s "$work/kernel"))) -lt "$emulator_info_at" ] ||
		{ echo "host: this kernel is too large for emulator-bochs.sh" >&2; return 1; }
	# The note XEN_ELFNOTE_PHYS32_ENTRY, of which readelf knows the number.
	entry=$(readelf -nW "$vmlinux" | sed -n 's/.*(0x00000012).*data: *//p' |
		{ read -r a b c d _ && echo $((0x$d$c$b$a)); }) ||
		{ echo "host: this kernel has no PVH entry" >&2; return 1; }
	{
		# magic, version, flags, modules
		emulator_le32 0x336ec578 1 0 1
		# list of modules, command line, RSDP (it is where it always is), map
		emulator_le64 $((emulator_info_at + 64)) $((emulator_info_at + 96)) 0 \
			"$emulator_map_at"
		# entries of the map, which boot.S counts
		emulator_le32 0 0
		emulator_le32 "$entry" 0
		# the module: where, size, its command line, nothing
		emulator_le64 "$emulator_initrd_at" "$(stat -c %s "$initrd")" 0 0
		printf '%s\0' "$append"
	} > "$work/info"
}

# shellcheck disable=SC2154 # set by host
emulator_run()
{
	emulator_boot_images || return 1
	# ips says how many instructions make a second. With few, what waits for time
	# to pass is quick; with many, timers don't get in the way of the rest. Kernels
	# read MSRs that Bochs does not know before they can bear a fault. Bochs takes
	# no more than 2 GiB of ours; what a host uses beyond that is in a file.
	cat > "$work/bochsrc" <<-EOF
	config_interface: textconfig
	display_library: nogui
	cpu: model=$(emulator_model), count=$smp, ips=200000000, reset_on_triple_fault=0, ignore_bad_msrs=1
	memory: guest=$mem, host=$((mem < 2048 ? mem : 2048)), block_size=1024
	romimage: file=$bochs/bios
	vgaromimage: file=$bochs/no-vga
	optromimage1: file=$bochs/boot-rom, address=0xd0000
	optramimage1: file=$work/kernel, address=$(printf %#x "$emulator_kernel_at")
	optramimage2: file=$work/info, address=$(printf %#x "$emulator_info_at")
	optramimage3: file=$initrd, address=$(printf %#x "$emulator_initrd_at")
	clock: sync=none, time0=1700000000
	ata0: enabled=0
	ata1: enabled=0
	com1: enabled=1, mode=file, dev=$log
	com2: enabled=1, mode=file, dev=$out
	log: $work/bochs.log
	panic: action=fatal
	error: action=ignore
	info: action=ignore
	debug: action=ignore
	EOF
	# Bochs ends with 1 when the host switches itself off.
	timeout --foreground -k 5 "$timeout" "$bochs/bochs" -q -f "$work/bochsrc" \
		< /dev/null > "$work/bochs.out" 2>&1 || case $? in
		1)  cat "$work"/bochs.log "$work/bochs.out" 2>/dev/null |
			grep PANIC | grep -v 'soft power off' >&2
		    return 1 ;;
		*)  return $? ;;
	esac
}
