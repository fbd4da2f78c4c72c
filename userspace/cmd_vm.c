// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "baseline.h"
#include "cmd.h"
#include "names.h"
#include "proto.h"
#include "render.h"

static unsigned int flag_words(u32 flags, const char *words[])
{
	unsigned int i, nr = 0;

	for (i = 0; vm_flag_names[i]; i++)
		if (flags & 1u << i)
			words[nr++] = vm_flag_names[i];
	return nr;
}

static void cell_flags(struct render *r, u32 flags)
{
	const char *words[32];
	unsigned int nr = flag_words(flags, words), i;
	char *text = xprintf("%s", nr ? words[0] : "-"), *more;

	for (i = 1; i < nr; i++) {
		more = xprintf("%s,%s", text, words[i]);
		free(text);
		text = more;
	}
	cell_list(r, text, words, nr);
	free(text);
}

int cmd_vm_list(int argc, char **argv)
{
	static const struct column columns[] = {
		{ "id", "ID", true }, { "pid", "PID", true }, { "comm", "VMM", false },
		{ "vcpus", "VCPUS", true }, { "baseline", "BASELINE", true },
		{ "cut", "CUT", true }, { "would_cut", "WOULD-CUT", true },
		{ "refused", "REFUSED", true }, { "created", NULL, true },
		{ "flags", "FLAGS", false },
	};
	unsigned int nr = 0, i;
	struct vm *vm = NULL;
	struct render *r;

	if (options(&argc, argv, NULL) || arguments(argc, 0, 0, ""))
		return USAGE;
	if (kernel_open() || kernel_vms(&vm, &nr))
		return REFUSED;
	r = render_begin("kvm-level/vms/1");
	render_table(r, "vms", columns, ARRAY_SIZE(columns));
	for (i = 0; i < nr; i++) {
		cell_uint(r, vm[i].id);
		cell_uint(r, vm[i].pid);
		cell_string(r, "%s", vm[i].comm);
		cell_uint(r, vm[i].vcpus);
		if (vm[i].baseline)
			cell_uint(r, vm[i].baseline);
		else
			cell_none(r);
		cell_uint(r, vm[i].cut);
		cell_uint(r, vm[i].would_cut);
		cell_uint(r, vm[i].refused);
		cell_uint(r, vm[i].created);
		cell_flags(r, vm[i].flags);
		vm_free(&vm[i]);
	}
	free(vm);
	render_table_end(r);
	return render_end(r, NULL);
}

static void show_lack(void *ctx, const struct kl_place *at, const char *text)
{
	char *names = place_features(at);

	cell_string(ctx, "%s", text);
	cell_words(ctx, names);
	free(names);
}

/* What it has been given, as far as is known, and the current baseline lacks. */
static void show_stranded(struct render *r, const struct vm *vm)
{
	static const struct column columns[] = {
		{ "lacks", "STRANDED BY", false }, { "features", NULL, false },
	};
	struct baseline own, current;
	struct kl_set mine, theirs;
	int err;

	if (!(vm->flags & KVM_LEVEL_VM_FLAGS_STRANDED))
		return;
	if (!vm->baseline) {
		render_string(r, "stranded_reason", "stranded", "it is %s, so it may have all that this host offers",
			      vm->flags & KVM_LEVEL_VM_FLAGS_OLDER ? "older than the module" :
			      "pinned to no baseline");
		return;
	}
	err = kernel_baseline(vm->baseline, &own);
	if (err)
		return;
	err = kernel_baseline(0, &current);
	if (!err) {
		mine = vm->flags & KVM_LEVEL_VM_FLAGS_ABOVE_DEFAULT ? baseline_max(&own) :
								      words_set(&own.def);
		theirs = baseline_max(&current);
		render_table(r, "stranded_by", columns, ARRAY_SIZE(columns));
		set_lacks(&mine, &theirs, show_lack, r);
		render_table_end(r);
		baseline_free(&current);
	}
	baseline_free(&own);
}

/* "more" behind what @all has, which is gone. */
static char *append(char *all, const char *separator, char *more)
{
	char *both = *more ? xprintf("%s%s%s", all, *all ? separator : "", more) :
			     xprintf("%s", all);

	free(all);
	free(more);
	return both;
}

static void seen_row(struct render *r, const struct seen *s)
{
	struct kl_place at = {
		.kind = s->msr ? KL_PLACE_MSR : KL_PLACE_CPUID,
		.leaf = s->index,
		.subleaf = s->subleaf,
	};
	char *lost = xprintf("%s", ""), *features = xprintf("%s", ""), *names;
	unsigned int i;

	if (s->msr)
		cell_string(r, "msr:0x%x", s->index);
	else
		cell_string(r, "0x%x.%u", s->index, s->subleaf);
	cell_uint(r, s->count);
	for (i = 0; i < (s->msr ? 1 : KL_NR_REGS); i++) {
		at.reg = i;
		at.bits = s->msr ? s->lost[0] | (u64)s->lost[1] << 32 : s->lost[i];
		if (!at.bits)
			continue;
		names = place_features(&at);
		lost = append(lost, "; ",
			      xprintf("%s 0x%" PRIx64 "%s%s%s", s->msr ? "bits" : kl_reg_name(i),
				      at.bits, *names ? " (" : "", names, *names ? ")" : ""));
		features = append(features, ", ", names);
	}
	if (*lost)
		cell_string(r, "%s", lost);
	else
		cell_none(r);
	cell_words(r, features);
	free(lost);
	free(features);
}

static void show_seen(struct render *r, const struct vm *vm)
{
	static const struct column columns[] = {
		{ "word", "READ", false }, { "count", "TIMES", true }, { "lost", "LOST", false },
		{ "features", NULL, false },
	};
	unsigned int i;

	if (!vm->nr_seen && !(vm->flags & KVM_LEVEL_VM_FLAGS_WATCHED))
		return;
	render_uint(r, "seen_missed", vm->seen_missed ? "not recorded" : NULL, vm->seen_missed);
	render_table(r, "seen", columns, ARRAY_SIZE(columns));
	for (i = 0; i < vm->nr_seen; i++)
		seen_row(r, &vm->seen[i]);
	render_table_end(r);
}

static int vm_number(const char *text, u32 *id)
{
	u64 n;

	if (parse_number(text, UINT32_MAX, "the VM's id", &n))
		return USAGE;
	*id = n;
	return DONE;
}

int cmd_vm_show(int argc, char **argv)
{
	const char *words[32];
	unsigned int nr, i;
	struct render *r;
	struct vm vm;
	u32 id;

	if (options(&argc, argv, NULL) || arguments(argc, 1, 1, "the VM's id") ||
	    vm_number(argv[0], &id))
		return USAGE;
	if (kernel_open() || kernel_vm(id, &vm))
		return REFUSED;
	r = render_begin("kvm-level/vm/1");
	render_uint(r, "id", "id", vm.id);
	render_uint(r, "pid", "pid", vm.pid);
	render_string(r, "comm", "VMM", "%s", vm.comm);
	render_uint(r, "vcpus", "vCPUs", vm.vcpus);
	if (vm.baseline)
		render_uint(r, "baseline", "baseline", vm.baseline);
	else
		render_string(r, NULL, "baseline", "none");
	render_list(r, "flags", "flags");
	nr = flag_words(vm.flags, words);
	for (i = 0; i < nr; i++)
		render_item(r, "%s", words[i]);
	render_list_end(r);
	if (vm.created)
		render_string(r, NULL, "created", "%" PRIu64 ".%03u s after boot",
			      vm.created / 1000000000, (unsigned int)(vm.created / 1000000 % 1000));
	else
		render_string(r, NULL, "created", "before the module was loaded");
	render_uint(r, "created", NULL, vm.created);
	render_uint(r, "cut", "cut", vm.cut);
	render_uint(r, "would_cut", "would cut", vm.would_cut);
	render_uint(r, "refused", "refused", vm.refused);
	show_stranded(r, &vm);
	show_seen(r, &vm);
	vm_free(&vm);
	return render_end(r, NULL);
}

static int vm_switch(int argc, char **argv, int (*set)(u32 id, bool on))
{
	bool off = false;
	const struct option_spec spec[] = {
		{ "--off", NULL, &off, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	u32 id;

	if (options(&argc, argv, spec) || arguments(argc, 1, 1, "the VM's id") ||
	    vm_number(argv[0], &id))
		return USAGE;
	return kernel_open() || set(id, !off) ? REFUSED : DONE;
}

int cmd_vm_adopt(int argc, char **argv)
{
	return vm_switch(argc, argv, kernel_adopt);
}

int cmd_vm_watch(int argc, char **argv)
{
	return vm_switch(argc, argv, kernel_watch);
}
