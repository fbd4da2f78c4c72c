// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU models of an installed libvirt, from its cpu_map: index.xml includes
 * the files with x86's vendors, features (name, and the bits in leaves and
 * MSRs) and models (vendor, names of features; older files give a model as
 * parent of another).
 */
#include <errno.h>
#include <libxml/parser.h>
#include <sys/stat.h>

#include "levels.h"

#define CPU_MAP "/usr/share/libvirt/cpu_map"
/* The largest file of libvirt 11 has 60 KiB. */
#define FILE_LIMIT (4u << 20)

struct reading {
	struct level_map *map;
	char *folder;
	struct { char *name; char string[13]; } *vendor;
	unsigned int nr_vendors;
};

/* Complaints of libxml2's would not say whose file it is. */
static void quiet(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

static xmlDoc *read_xml(const char *path)
{
	const xmlError *e;
	xmlDoc *doc;
	size_t len;
	char *text = read_whole(path, FILE_LIMIT, &len);

	if (!text)
		return NULL;
	xmlSetGenericErrorFunc(NULL, quiet);
	doc = xmlReadMemory(text, len, path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR |
			    XML_PARSE_NOWARNING);
	free(text);
	if (!doc) {
		e = xmlGetLastError();
		say("%s:%d: not XML", path, e ? e->line : 0);
	}
	return doc;
}

static bool is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

/* An attribute, "" where it isn't there; the caller frees. */
static char *attribute(const xmlNode *n, const char *name)
{
	xmlChar *value = xmlGetProp(n, (const xmlChar *)name);
	char *text = xprintf("%s", value ? (const char *)value : "");

	xmlFree(value);
	return printable(text);
}

static u32 number(const xmlNode *n, const char *name)
{
	char *text = attribute(n, name);
	u32 value = strtoul(text, NULL, 0);

	free(text);
	return value;
}

/* The first feature of which the row's register @reg has a bit. */
static const struct feature *feature_of(const struct bit_place *place, u32 bits)
{
	struct bit_place at = *place;

	if (!bits)
		return NULL;
	at.bit = __builtin_ctz(bits);
	if (at.msr && at.reg == KL_EDX)
		at.bit += 32;
	at.reg = at.msr ? 0 : at.reg;
	return feature_at(&at);
}

static void read_feature(struct reading *r, const xmlNode *node)
{
	char *name = attribute(node, "name");
	const struct feature *f = NULL;
	const xmlNode *n;
	unsigned int reg;

	for (n = node->children; n && !f; n = n->next) {
		struct bit_place at = { .msr = is(n, "msr") };

		if (!at.msr && !is(n, "cpuid"))
			continue;
		at.leaf = number(n, at.msr ? "index" : "eax_in");
		at.subleaf = at.msr ? 0 : number(n, "ecx_in");
		for (reg = 0; reg < KL_NR_REGS && !f; reg++) {
			at.reg = reg;
			f = feature_of(&at, number(n, kl_reg_name(reg)));
		}
	}
	/* Two features of libvirt's may be one here: the first is its usual name. */
	if (f && *name && !r->map->spelling[f - features])
		r->map->spelling[f - features] = name;
	else
		free(name);
}

static void read_vendor(struct reading *r, const xmlNode *node)
{
	char *string = attribute(node, "string");

	r->vendor = xrealloc(r->vendor, r->nr_vendors + 1, sizeof(*r->vendor));
	r->vendor[r->nr_vendors].name = attribute(node, "name");
	snprintf(r->vendor[r->nr_vendors++].string, sizeof(r->vendor->string), "%s", string);
	free(string);
}

static void set_vendor(const struct reading *r, struct level *l, const char *name)
{
	unsigned int i;

	for (i = 0; i < r->nr_vendors; i++)
		if (!strcmp(r->vendor[i].name, name))
			memcpy(l->vendor, r->vendor[i].string, sizeof(l->vendor));
}

/* libvirt's name of a feature is a bit by its own file, not by our reading of the name. */
static void add_feature(const struct reading *r, struct level *l, const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_features; i++) {
		if (!r->map->spelling[i] || strcmp(r->map->spelling[i], name))
			continue;
		l->has[i] = level_knows(&features[i]);
		return;
	}
	level_add_name(l, name);
}

static void inherit(const struct reading *r, struct level *l, const char *parent)
{
	const struct level *p = r->map->level;

	/* The last of the levels is @l itself. */
	for (; p < l; p++) {
		if (strcmp(p->name, parent))
			continue;
		memcpy(l->has, p->has, nr_features * sizeof(*l->has));
		memcpy(l->vendor, p->vendor, sizeof(l->vendor));
		l->family = p->family;
		l->model = p->model;
	}
}

/* It was in the model once; who wants it has to say so. */
static bool is_removed(const xmlNode *feature)
{
	char *removed = attribute(feature, "removed");
	bool yes = !strcmp(removed, "yes");

	free(removed);
	return yes;
}

static void read_model(const struct reading *r, const xmlNode *node)
{
	char *name = attribute(node, "name"), *value;
	struct level *l = map_add(r->map, name, "libvirt");
	const xmlNode *n;

	for (n = node->children; n; n = n->next) {
		if (n->type != XML_ELEMENT_NODE)
			continue;
		value = attribute(n, "name");
		if (is(n, "model")) {
			inherit(r, l, value);
		} else if (is(n, "vendor")) {
			set_vendor(r, l, value);
		} else if (is(n, "feature") && !is_removed(n)) {
			add_feature(r, l, value);
		} else if (is(n, "signature") && !l->family) {
			l->family = number(n, "family");
			l->model = number(n, "model");
		}
		free(value);
	}
	free(name);
}

static int read_file(struct reading *r, const char *name)
{
	char *path = xprintf("%s/%s", r->folder, name);
	xmlDoc *doc = read_xml(path);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL, *n;

	for (n = root ? root->children : NULL; n; n = n->next) {
		if (is(n, "feature"))
			read_feature(r, n);
		else if (is(n, "vendor"))
			read_vendor(r, n);
		else if (is(n, "model"))
			read_model(r, n);
	}
	xmlFreeDoc(doc);
	free(path);
	return doc ? 0 : -1;
}

/* <include filename='...'/>, which libvirt 11 puts into groups by vendor */
static int read_includes(struct reading *r, const xmlNode *in)
{
	const xmlNode *n;
	char *name;
	int err = 0;

	for (n = in->children; n && !err; n = n->next) {
		if (is(n, "group"))
			err = read_includes(r, n);
		if (!is(n, "include"))
			continue;
		name = attribute(n, "filename");
		err = read_file(r, name);
		free(name);
	}
	return err;
}

static int read_index(struct reading *r, const xmlNode *root)
{
	const xmlNode *arch;
	char *name;
	int err = 0;

	for (arch = root ? root->children : NULL; arch && !err; arch = arch->next) {
		if (!is(arch, "arch"))
			continue;
		name = attribute(arch, "name");
		if (!strcmp(name, "x86"))
			err = read_includes(r, arch);
		free(name);
	}
	return err;
}

int libvirt_map(struct level_map *map)
{
	const char *folder = getenv("LEVELCTL_CPU_MAP");
	struct reading r = { .map = map };
	xmlDoc *doc = NULL;
	struct stat st;
	char *index;
	int ret = 0;

	*map = (struct level_map){ 0 };
	r.folder = xprintf("%s", folder ? folder : CPU_MAP);
	index = xprintf("%s/index.xml", r.folder);
	if (stat(index, &st)) {
		if (folder && *folder) {
			say("%s: %s", index, strerror(errno));
			ret = -1;
		}
		goto out;
	}
	map->spelling = xrealloc(NULL, nr_features, sizeof(*map->spelling));
	memset(map->spelling, 0, nr_features * sizeof(*map->spelling));
	doc = read_xml(index);
	ret = doc && !read_index(&r, xmlDocGetRootElement(doc)) ? 1 : -1;
	if (ret > 0 && !map->nr) {
		say("%s: no x86 models", index);
		ret = -1;
	}
	if (ret < 0)
		map_free(map);
out:
	while (r.nr_vendors)
		free(r.vendor[--r.nr_vendors].name);
	free(r.vendor);
	free(r.folder);
	free(index);
	xmlFreeDoc(doc);
	return ret;
}
