// SPDX-License-Identifier: GPL-2.0
/* "baseline export": a baseline in the words of a VMM. */
#include "cmd.h"
#include "formats/export.h"
#include "render.h"

static const struct out_format *format_named(const char *name)
{
	const struct out_format *f;

	for (f = out_formats; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static void say_left(const struct export *e, const char *format)
{
	char *all = NULL, *more;
	unsigned int i;

	for (i = 0; i < e->nr_left; i++) {
		more = xprintf("%s%s%s", all ? all : "", all ? ", " : "", e->left[i]);
		free(all);
		all = more;
	}
	if (all)
		say("warning: %s is not told of %s: a guest has what its VMM gives it unasked, cut to the baseline where the module is",
		    format, all);
	free(all);
}

static int write_json(const struct export *e, const char *format, const char *text,
		      const char *path)
{
	struct render *r = render_begin("kvm-level/export/1");
	unsigned int i;

	render_string(r, "name", NULL, "%s", e->baseline->name);
	render_string(r, "format", NULL, "%s", format);
	if (e->model)
		render_string(r, "model", NULL, "%s", e->model);
	render_string(r, "text", NULL, "%s", text);
	render_list(r, "left", NULL);
	for (i = 0; i < e->nr_left; i++)
		render_item(r, "%s", e->left[i]);
	render_list_end(r);
	return render_end(r, path);
}

static void export_free(struct export *e)
{
	while (e->nr_left)
		free(e->left[--e->nr_left]);
	free(e->left);
	free(e->model);
}

static int export(struct export *e, const struct out_format *format, const char *path)
{
	char *text = NULL;
	size_t len;
	int err;

	e->to = open_memstream(&text, &len);
	err = e->to ? format->write(e) : -1;
	if (!e->to || fclose(e->to)) {
		say("out of memory");
		exit(REFUSED);
	}
	if (!err) {
		say_left(e, format->name);
		err = tool.json ? write_json(e, format->name, text, path) :
				  write_whole(path, text, len);
	}
	free(text);
	export_free(e);
	return err ? REFUSED : DONE;
}

int cmd_baseline_export(int argc, char **argv)
{
	const char *path = NULL, *name = NULL, *model = NULL;
	const struct option_spec spec[] = {
		{ "--format", NULL, NULL, &name },
		{ "--model", NULL, NULL, &model },
		{ "--output", "-o", NULL, &path },
		{ NULL, NULL, NULL, NULL },
	};
	const struct out_format *format;
	struct export e = { 0 };
	struct baseline b;
	int err;

	if (options(&argc, argv, spec) || arguments(argc, 1, 1, "a baseline file"))
		return USAGE;
	format = name ? format_named(name) : NULL;
	if (!format)
		return usage("--format is json, qemu, libvirt, firecracker or xen");
	if (model && !format->has_models)
		return usage("--model is for --format qemu or libvirt");
	if (baseline_read(argv[0], &b))
		return REFUSED;
	e.baseline = &b;
	e.set = words_set(&b.def);
	e.wish = model;
	err = export(&e, format, path);
	baseline_free(&b);
	return err;
}
