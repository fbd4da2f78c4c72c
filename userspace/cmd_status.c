// SPDX-License-Identifier: GPL-2.0
/* status, mode, version: the module as a whole. */
#include "cmd.h"
#include "proto.h"
#include "render.h"

static unsigned int failed_hooks(const struct status *s)
{
	unsigned int i, nr = 0;

	for (i = 0; i < s->nr_hooks; i++)
		nr += s->hook[i].error != 0;
	return nr;
}

static unsigned int armed_hooks(const struct status *s)
{
	unsigned int i, nr = 0;

	for (i = 0; i < s->nr_hooks; i++)
		nr += s->hook[i].armed;
	return nr;
}

static void render_hooks(struct render *r, const struct status *s)
{
	static const struct column columns[] = {
		{ "module", "MODULE", false }, { "symbol", "SYMBOL", false },
		{ NULL, "STATE", false }, { "armed", NULL, false }, { "fatal", NULL, false },
		{ "error", NULL, false }, { "lost", "LOST WITHOUT IT", false },
	};
	bool red = colour_ok(stdout);
	unsigned int i;

	render_table(r, "hooks", columns, ARRAY_SIZE(columns));
	for (i = 0; i < s->nr_hooks; i++) {
		const struct hook *h = &s->hook[i];

		cell_string(r, "%s", h->module);
		cell_string(r, "%s", h->symbol);
		if (h->error)
			cell_string(r, "%sFAILED: %s%s%s", red ? "\033[31m" : "",
				    strerror(h->error < 0 ? -h->error : h->error),
				    h->fatal ? ", fatal" : "", red ? "\033[0m" : "");
		else
			cell_string(r, "%s", h->armed ? "armed" : "idle");
		cell_bool(r, h->armed);
		cell_bool(r, h->fatal);
		cell_uint(r, h->error < 0 ? -h->error : h->error);
		cell_string(r, "%s", h->lost);
	}
	render_table_end(r);
}

static void render_baseline(struct render *r, const struct status *s)
{
	struct json_out *o = render_json(r);

	if (!s->id) {
		render_string(r, NULL, "baseline", "none");
		return;
	}
	if (o) {
		json_out_object(o, "baseline");
		json_out_uint(o, "id", s->id);
		json_out_string(o, "name", s->name ? s->name : "");
		json_out_bool(o, "forced", s->forced);
		json_out_bool(o, "lacking", s->lacking);
		json_out_end(o);
	}
	render_string(r, NULL, "baseline", "%llu \"%s\"%s", (unsigned long long)s->id,
		      s->name ? s->name : "", s->forced ? ", forced onto this host" : "");
	if (s->lacking)
		render_string(r, NULL, "", "this host no longer offers what it needs (the kernel's log says what): in modes enforce and strict no VM can be made");
}

int cmd_status(int argc, char **argv)
{
	unsigned int failed, i;
	struct render *r;
	struct status s;

	if (options(&argc, argv, NULL) || arguments(argc, 0, 0, ""))
		return USAGE;
	if (kernel_open() || kernel_status(&s))
		return REFUSED;

	failed = failed_hooks(&s);
	r = render_begin("kvm-level/status/1");
	render_string(r, NULL, "module", "kvm_level %s, protocol %u", s.version, s.protocol);
	render_string(r, "module_version", NULL, "%s", s.version);
	render_uint(r, "protocol", NULL, s.protocol);
	render_string(r, "vendor", "vendor", "%s", vendor_name(s.vendor));
	render_string(r, "mode", "mode", "%s", mode_name(s.mode));
	render_string(r, "exits", "exits", "%s", exits_name(s.exits));
	render_list(r, "gates", "gates");
	for (i = 0; gate_names[i]; i++)
		if (s.gates & 1u << i)
			render_item(r, "%s", gate_names[i]);
	render_list_end(r);
	render_baseline(r, &s);
	render_uint(r, "vms", "VMs", s.vms);
	render_uint(r, "stranded", "stranded", s.stranded);
	if (failed)
		render_string(r, NULL, "hooks", "%u armed of %u, %u FAILED", armed_hooks(&s),
			      s.nr_hooks, failed);
	else
		render_string(r, NULL, "hooks", "%u armed of %u", armed_hooks(&s), s.nr_hooks);
	if (tool.json || failed || tool.verbose)
		render_hooks(r, &s);
	status_free(&s);
	return render_end(r, NULL);
}

static int show_mode(void)
{
	struct render *r;
	struct status s;

	if (kernel_open() || kernel_status(&s))
		return REFUSED;
	r = render_begin("kvm-level/mode/1");
	if (s.exits == KVM_LEVEL_EXITS_ALWAYS)
		render_line(r, "%s --exits %s", mode_name(s.mode), exits_name(s.exits));
	else
		render_line(r, "%s", mode_name(s.mode));
	render_string(r, "mode", NULL, "%s", mode_name(s.mode));
	render_string(r, "exits", NULL, "%s", exits_name(s.exits));
	status_free(&s);
	return render_end(r, NULL);
}

int cmd_mode(int argc, char **argv)
{
	const char *word = NULL;
	const struct option_spec spec[] = {
		{ "--exits", NULL, NULL, &word },
		{ NULL, NULL, NULL, NULL },
	};
	int mode = -1, when = -1;

	if (options(&argc, argv, spec) || arguments(argc, 0, 1, "off, audit, enforce or strict"))
		return USAGE;
	if (word) {
		when = exits_number(word);
		if (when < 0)
			return usage("--exits is needed or always, not \"%s\"", word);
	}
	if (!argc && when < 0)
		return show_mode();
	if (argc) {
		mode = mode_number(argv[0]);
		if (mode < 0)
			return usage("the mode is off, audit, enforce or strict, not \"%s\"",
				     argv[0]);
	}
	return kernel_open() || kernel_mode(mode, when) ? REFUSED : DONE;
}

/* Anybody may read this; what the module answers needs privilege. */
static char *version_from_sysfs(void)
{
	FILE *f = fopen("/sys/module/kvm_level/version", "re");
	char line[64] = "";

	if (f) {
		if (fgets(line, sizeof(line), f))
			line[strcspn(line, "\n")] = '\0';
		fclose(f);
	}
	return *line ? printable(xprintf("%s", line)) : NULL;
}

int cmd_version(int argc, char **argv)
{
	struct status s = { 0 };
	struct render *r;
	char *version;
	bool have;

	if (options(&argc, argv, NULL) || arguments(argc, 0, 0, ""))
		return USAGE;
	have = !kernel_try() && !kernel_status_try(&s);
	version = have ? xprintf("%s", s.version) : version_from_sysfs();

	r = render_begin("kvm-level/version/1");
	render_string(r, NULL, "levelctl", "%s, protocol %d", KL_VERSION,
		      KVM_LEVEL_FAMILY_VERSION);
	render_string(r, "levelctl", NULL, "%s", KL_VERSION);
	render_uint(r, "protocol", NULL, KVM_LEVEL_FAMILY_VERSION);
	if (have)
		render_string(r, NULL, "kvm_level", "%s, protocol %u", version, s.protocol);
	else if (version)
		render_string(r, NULL, "kvm_level", "%s, which does not answer here", version);
	else
		render_string(r, NULL, "kvm_level", "not loaded");
	if (version)
		render_string(r, "module_version", NULL, "%s", version);
	if (have)
		render_uint(r, "module_protocol", NULL, s.protocol);
	if (have && s.protocol != KVM_LEVEL_FAMILY_VERSION)
		say("warning: tool and module speak different protocols");
	free(version);
	status_free(&s);
	return render_end(r, NULL);
}
