// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "baseline.h"
#include "cmd.h"
#include "cmd_level.h"
#include "host.h"
#include "kvm.h"
#include "levels.h"
#include "names.h"
#include "render.h"

static void say_lack(void *ctx, const struct kl_place *at, const char *text)
{
	(void)ctx;
	(void)at;
	say("this host lacks %s", text);
}

int cmd_baseline_apply(int argc, char **argv)
{
	bool force = false;
	const struct option_spec spec[] = {
		{ "--force", NULL, &force, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	struct set_answer answer;
	struct baseline b;
	struct render *r;
	int err;

	if (options(&argc, argv, spec) || arguments(argc, 1, 1, "a baseline file"))
		return USAGE;
	if (baseline_read(argv[0], &b))
		return REFUSED;
	err = baseline_check_own(&b) || kernel_open() || kernel_set(&b, false, force, &answer);
	if (err) {
		baseline_free(&b);
		return REFUSED;
	}
	r = render_begin("kvm-level/apply/1");
	if (answer.unchanged)
		render_line(r, "baseline %" PRIu64 " \"%s\" is the current one already", answer.id,
			    b.name);
	else
		render_line(r, "baseline %" PRIu64 " \"%s\" is set", answer.id, b.name);
	if (answer.stranded)
		render_line(r, "%u VM%s stranded: \"levelctl vm list\" shows which",
			    answer.stranded, answer.stranded == 1 ? " is" : "s are");
	render_uint(r, "id", NULL, answer.id);
	render_string(r, "name", NULL, "%s", b.name);
	render_bool(r, "unchanged", NULL, answer.unchanged);
	render_uint(r, "stranded", NULL, answer.stranded);
	baseline_free(&b);
	return render_end(r, NULL);
}

static void show_feature(void *ctx, const struct bit_place *at)
{
	char *name = bit_name(at);

	render_item(ctx, "%s", name);
	free(name);
}

static void show_set(struct render *r, const char *label, const struct kl_set *set)
{
	unsigned int i;

	render_list(r, NULL, label);
	set_features(set, show_feature, r);
	render_list_end(r);
	render_line(r, "%s", "");
	render_line(r, "leaf        sub  eax       ebx       ecx       edx");
	for (i = 0; i < set->nr_leaves; i++)
		render_line(r, "0x%08x  %3u  %08x  %08x  %08x  %08x", set->leaf[i].leaf,
			    set->leaf[i].subleaf, set->leaf[i].r[0], set->leaf[i].r[1],
			    set->leaf[i].r[2], set->leaf[i].r[3]);
	if (!set->nr_msrs)
		return;
	render_line(r, "%s", "");
	render_line(r, "msr         value");
	for (i = 0; i < set->nr_msrs; i++)
		render_line(r, "0x%08x  %016" PRIx64, set->msr[i].index, set->msr[i].value);
}

static int show_text(const struct baseline *b)
{
	const struct kl_set def = words_set(&b->def), max = words_set(&b->max);
	struct render *r = render_begin("");

	render_string(r, NULL, "name", "%s", b->name);
	if (b->id)
		render_string(r, NULL, "id", "%" PRIu64 "%s", b->id,
			      b->forced ? ", forced onto this host" : "");
	if (*b->vendor)
		render_string(r, NULL, "vendor", "%s", b->vendor);
	show_set(r, "features", &def);
	if (b->has_max) {
		render_line(r, "%s", "");
		show_set(r, "max", &max);
	}
	return render_end(r, NULL);
}

static int show_json(const struct baseline *b)
{
	struct json_out *o = json_out_new();
	size_t len;
	char *text;
	int err;

	json_out_object(o, NULL);
	baseline_write(o, b);
	text = json_out_finish(o, &len);
	err = write_whole(NULL, text, len);
	free(text);
	return err ? REFUSED : DONE;
}

static int from_kernel(u64 id, struct baseline *b)
{
	int err = kernel_open();

	if (err)
		return err;
	err = kernel_baseline(id, b);
	if (err == -ENOENT && id)
		say("there is no baseline %" PRIu64 ": no VM has it any more", id);
	else if (err == -ENOENT)
		say("no baseline is set");
	return err;
}

int cmd_baseline_show(int argc, char **argv)
{
	const char *number = NULL;
	const struct option_spec spec[] = {
		{ "--id", NULL, NULL, &number },
		{ NULL, NULL, NULL, NULL },
	};
	struct baseline b;
	u64 id = 0;
	int err;

	if (options(&argc, argv, spec) || arguments(argc, 0, 1, "one baseline file or level") ||
	    (number && parse_number(number, UINT64_MAX, "--id", &id)))
		return USAGE;
	if (number && argc)
		return usage("--id or a file, not both");
	if (number && !id)
		return usage("baselines are numbered from 1");
	if (argc && level_is_name(argv[0]))
		return level_show(argv[0]);
	if (argc ? baseline_read(argv[0], &b) : from_kernel(id, &b))
		return REFUSED;
	err = tool.json ? show_json(&b) : show_text(&b);
	baseline_free(&b);
	return err;
}

int cmd_baseline_verify(int argc, char **argv)
{
	bool no_host = false;
	const struct option_spec spec[] = {
		{ "--no-host", NULL, &no_host, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	struct words offer = { 0 };
	unsigned int lacks = 0;
	struct baseline b;
	struct kl_set set, max;
	struct render *r;

	if (options(&argc, argv, spec) || arguments(argc, 1, 1, "a baseline file"))
		return USAGE;
	if (baseline_read(argv[0], &b))
		return REFUSED;
	if (!no_host) {
		if (baseline_check_own(&b) || host_offer(&offer)) {
			baseline_free(&b);
			return REFUSED;
		}
		max = baseline_max(&b);
		set = words_set(&offer);
		lacks = set_lacks(&max, &set, say_lack, NULL);
		words_free(&offer);
	}
	if (lacks) {
		baseline_free(&b);
		return refuse("this host can't run the baseline");
	}
	r = render_begin("kvm-level/verify/1");
	render_line(r, "baseline \"%s\": well-formed%s", b.name,
		    no_host ? "" : ", and this host can run it");
	render_string(r, "name", NULL, "%s", b.name);
	render_bool(r, "host_checked", NULL, !no_host);
	baseline_free(&b);
	return render_end(r, NULL);
}

int cmd_baseline_clear(int argc, char **argv)
{
	if (options(&argc, argv, NULL) || arguments(argc, 0, 0, ""))
		return USAGE;
	return kernel_open() || kernel_clear() ? REFUSED : DONE;
}

static void list_row(struct render *r, u64 id, bool current, unsigned int vms)
{
	struct baseline b;

	/* Its last VM may have gone meanwhile. */
	if (kernel_baseline(id, &b))
		return;
	cell_uint(r, id);
	cell_string(r, "%s", b.name);
	cell_bool(r, current);
	cell_bool(r, b.forced);
	cell_uint(r, vms);
	baseline_free(&b);
}

/* What the module has: the current baseline and those that VMs have.  0, or -1 said why. */
static int list_own(struct render *r)
{
	static const struct column columns[] = {
		{ "id", "ID", true }, { "name", "NAME", false }, { "current", "CURRENT", false },
		{ "forced", "FORCED", false }, { "vms", "VMS", true },
	};
	unsigned int nr = 0, i, j, count;
	bool current_seen = false;
	struct vm *vm = NULL;
	struct status s;
	u64 current;

	if (kernel_open() || kernel_status(&s))
		return -1;
	current = s.id;
	status_free(&s);
	if (kernel_vms(&vm, &nr))
		return -1;

	render_table(r, "baselines", columns, ARRAY_SIZE(columns));
	for (i = 0; i < nr; i++) {
		if (!vm[i].baseline)
			continue;
		for (j = 0; j < i && vm[j].baseline != vm[i].baseline; j++)
			;
		if (j < i)
			continue;
		for (count = 0; j < nr; j++)
			count += vm[j].baseline == vm[i].baseline;
		current_seen |= vm[i].baseline == current;
		list_row(r, vm[i].baseline, vm[i].baseline == current, count);
	}
	if (current && !current_seen)
		list_row(r, current, true, 0);
	render_table_end(r);
	for (i = 0; i < nr; i++)
		vm_free(&vm[i]);
	free(vm);
	return 0;
}

int cmd_baseline_list(int argc, char **argv)
{
	const char *source = NULL;
	const struct option_spec spec[] = {
		{ "--source", NULL, NULL, &source },
		{ NULL, NULL, NULL, NULL },
	};
	struct render *r;
	int err = 0;

	if (options(&argc, argv, spec) || arguments(argc, 0, 0, ""))
		return USAGE;
	if (source && strcmp(source, "module") && !levels_source(source))
		return usage("--source is module, builtin, libvirt or qemu");
	r = render_begin("kvm-level/baselines/1");
	if (!source || !strcmp(source, "module"))
		err |= list_own(r);
	if (!source || strcmp(source, "module"))
		err |= levels_table(r, source);
	/* One source that is not to be had, which has been said, leaves the others. */
	return err && source ? render_drop(r) : render_end(r, NULL);
}
