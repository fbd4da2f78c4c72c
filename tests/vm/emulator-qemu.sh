# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The AMD host: QEMU's TCG, which emulates SVM with nested paging.
#
# An emulator file gives `host` four functions. They see its variables: here,
# vmlinux, vmlinuz, initrd, smp, mem, cpu, icount, timeout, append, log, out.
#   emulator_cpu      print the CPU that a host has unless told otherwise
#   emulator_prepare  get what is needed; before anything else, may take long
#   emulator_append   print what the kernel's command line needs on it
#   emulator_run      run the host until it is off: kernel console (COM1) to $log,
#                     the script's line (COM2) to $out; return timeout's status

# shellcheck disable=SC2154 # set by host
emulator_prepare()
{
	qemu=$("$here/fetch-qemu")
}

emulator_append()
{
	# TCG's clock can be trusted, and calibrating costs time.
	echo "tsc=reliable no_timer_check"
}

# EPYC-Milan, less what TCG lacks (it warns of each), plus what else it has. And
# less erms and fsrm: with them the kernel copies by REP MOVSB, which TCG does byte
# by byte. "-cpu max" has these and la57 (longer page walks, squared by nested
# paging): its hosts take half as long again.
emulator_cpu()
{
	local cpu=EPYC-Milan,+svm,+npt,+vgif,+svme-addr-chk,+vaes f

	for f in erms fsrm fxsr-opt misalignsse osvw topoext perfctr-core clzero ibpb \
			ibrs amd-stibp amd-ssbd nrip-save xsavec xsaves pcid invpcid; do
		cpu=$cpu,-$f
	done
	echo "$cpu"
}

# shellcheck disable=SC2154 # set by host
emulator_run()
{
	# One host thread for all processors. With one for each, guests of several
	# processors' hosts now and then hang or read stale memory, module or not.
	# KL_TCG_THREADS=multi has them all the same, to look for what only then happens.
	local -a more=()

	if [ -n "$icount" ]; then
		# Instructions are counted, so the clock is the same in every run.
		more+=(-icount "shift=0,sleep=off")
	fi
	timeout --foreground -k 5 "$timeout" "$qemu/usr/bin/qemu-system-x86_64" \
		-L "$qemu/usr/share/seabios" -L "$qemu/usr/share/qemu" \
		-accel "tcg,thread=${KL_TCG_THREADS:-single}" -M pc -cpu "$cpu" -smp "$smp" -m "$mem" \
		-nodefaults -no-user-config -nographic -no-reboot -nic none \
		-chardev "file,id=console,path=$log" -serial chardev:console \
		-chardev "file,id=out,path=$out" -serial chardev:out \
		-kernel "$vmlinux" -initrd "$initrd" -append "$append" \
		"${more[@]}" < /dev/null
}
