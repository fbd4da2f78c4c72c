// SPDX-License-Identifier: GPL-2.0
#include "baseline.h"
#include "kvm.h"
#include "names.h"

/* A full baseline is 40 KiB; `lost` of a large pool is what makes them grow. */
#define FILE_LIMIT (64u << 20)

static const char *const keys[] = {
	"schema", "name", "vendor", "cpuid", "msr", "max", "features", "lost", "costs",
	"warnings", "identity", NULL,
};

static const char *const identity_keys[] = { "family", "model", "stepping", "vendors", NULL };

static const char *const max_keys[] = { "cpuid", "msr", NULL };

static int read_schema(const struct json_file *file, const struct json *root)
{
	const struct json *v = json_get(root, "schema");

	if (!v)
		return 0;	/* a missing one is version 1 */
	if (json_want(file, v, JSON_STRING))
		return -1;
	if (!strcmp(json_string(v), BASELINE_SCHEMA))
		return 0;
	if (!strncmp(json_string(v), "kvm-level/host/", 15))
		return json_bad(file, v, "this is a host dump, not a baseline: \"levelctl pool compute\" makes one of it");
	return json_bad(file, v, "schema \"%s\" is not %s", json_string(v), BASELINE_SCHEMA);
}

char *baseline_name_fault(const char *name, unsigned int most)
{
	const char *c;

	if (!*name)
		return xprintf("is empty");
	if (strlen(name) > most)
		return xprintf("has %zu bytes; %u is the most", strlen(name), most);
	for (c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return xprintf("has a control character");
	/* What is none would be written as other characters, and more of them. */
	return json_is_utf8(name) ? NULL : xprintf("is not UTF-8");
}

static int read_name(const struct json_file *file, const struct json *root, struct baseline *b)
{
	const struct json *v = json_get(root, "name");
	const char *name;
	char *fault;

	if (!v)
		return json_bad(file, root, "the baseline has no \"name\"");
	if (json_want(file, v, JSON_STRING))
		return -1;
	name = json_string(v);
	fault = baseline_name_fault(name, KL_NAME_MAX);
	if (fault) {
		json_bad(file, v, "\"name\" %s", fault);
		free(fault);
		return -1;
	}
	memcpy(b->name, name, strlen(name) + 1);
	return 0;
}

static int read_vendor(const struct json_file *file, const struct json *root, struct baseline *b)
{
	const struct json *v = json_get(root, "vendor");
	const struct kl_set set = words_set(&b->def);
	const struct kl_leaf *leaf0 = kl_set_leaf(&set, 0, 0);
	char vendor[13] = "";

	if (v && json_want(file, v, JSON_STRING))
		return -1;
	if (v && strlen(json_string(v)) != 12)
		return json_bad(file, v, "\"vendor\": \"%.24s\" is not a processor's vendor string, such as \"AuthenticAMD\"",
				json_string(v));
	if (leaf0)
		cpuid_vendor(leaf0, vendor);
	if (v && leaf0 && strcmp(vendor, json_string(v)))
		return json_bad(file, v, "\"vendor\" is \"%s\", but CPUID leaf 0 says \"%s\"",
				json_string(v), vendor);
	memcpy(b->vendor, v ? json_string(v) : vendor, sizeof(b->vendor));
	printable(b->vendor);
	return 0;
}

static int bad_place(const struct json_file *file, const struct json *cpuid,
		     const struct json *msr, const char *what, const struct kl_place *at)
{
	char *text = place_text(at);

	/* Without a row, where the failing word would stand. */
	json_bad(file, at->kind ? words_row(cpuid, msr, at) : NULL, "%s%s", what,
		 at->kind ? text : "not a set of words that a guest can have");
	free(text);
	return -1;
}

static int read_set(const struct json_file *file, const struct json *from, const char *what,
		    struct words *w)
{
	const struct json *cpuid = json_get(from, "cpuid"), *msr = json_get(from, "msr");
	struct kl_place at = { 0 };
	struct kl_set set;

	if (!cpuid)
		return json_bad(file, from, "%s has no \"cpuid\"",
				*what ? "\"max\"" : "the baseline");
	if (words_read(file, cpuid, msr, w))
		return -1;
	if (w->nr_leaves > KL_MAX_LEAVES || w->nr_msrs > KL_MAX_MSRS)
		return json_bad(file, w->nr_leaves > KL_MAX_LEAVES ? cpuid : msr,
				"%s%u leaves and %u MSRs; at most %u and %u can be governed", what,
				w->nr_leaves, w->nr_msrs, KL_MAX_LEAVES, KL_MAX_MSRS);
	set = words_set(w);
	if (kl_set_check(&set, &at))
		return bad_place(file, cpuid, msr, what, &at);
	return 0;
}

static int read_max(const struct json_file *file, const struct json *root, struct baseline *b)
{
	const struct json *v = json_get(root, "max");
	const struct kl_set def = words_set(&b->def);
	struct kl_place at = { 0 };
	struct kl_set max;

	if (!v)
		return 0;
	if (json_check_keys(file, v, "\"max\"", max_keys))
		return -1;
	b->has_max = true;
	if (read_set(file, v, "max: ", &b->max))
		return -1;
	max = words_set(&b->max);
	if (kl_set_subset(&def, &max, &at))
		return bad_place(file, json_get(root, "cpuid"), json_get(root, "msr"),
				 "max must have all that the default has, but lacks ", &at);
	return 0;
}

static bool set_has_place(const struct kl_set *set, const struct bit_place *at)
{
	const struct kl_bit bit = { at->leaf, at->subleaf, at->reg, at->bit };
	const struct kl_msr *msr;

	if (!at->msr)
		return kl_set_has(set, &bit);
	msr = kl_set_msr(set, at->leaf);
	return msr && msr->value >> at->bit & 1;
}

struct listed {
	const struct json_file *file;
	const struct json *list;
};

static bool is_named(const struct json *list, const struct bit_place *at)
{
	const struct json *v;
	struct bit_place b;

	for (v = json_first(list); v; v = json_next(v))
		if (!bit_parse(json_string(v), &b) && b.msr == at->msr && b.leaf == at->leaf &&
		    b.subleaf == at->subleaf && b.reg == at->reg && b.bit == at->bit)
			return true;
	return false;
}

static void warn_unlisted(void *ctx, const struct bit_place *at)
{
	const struct listed *l = ctx;

	if (!is_named(l->list, at))
		json_warn(l->file, l->list, "\"features\" leaves out %s, which the words have, and the words count",
			  feature_at(at)->name);
}

/*
 * The names are there for people, and the words rule.  But who deletes a
 * name, or adds one, expects it to count: a list that tells otherwise than
 * the words is not passed over.
 */
static int read_features(const struct json_file *file, const struct json *root,
			 const struct baseline *b)
{
	const struct kl_set def = words_set(&b->def);
	struct listed l = { .file = file, .list = json_get(root, "features") };
	const struct json *v;
	struct bit_place at;

	if (!l.list)
		return 0;
	if (json_want(file, l.list, JSON_ARRAY))
		return -1;
	for (v = json_first(l.list); v; v = json_next(v)) {
		if (json_want(file, v, JSON_STRING))
			return -1;
		if (bit_parse(json_string(v), &at))
			json_warn(file, v, "feature \"%s\" is not known here", json_string(v));
		else if (!set_has_place(&def, &at))
			return json_bad(file, v, "\"features\" has \"%s\", but its bit in the words is 0",
					json_string(v));
	}
	set_features(&def, warn_unlisted, &l);
	return 0;
}

static int read_notes(const struct json_file *file, const struct json *root)
{
	static const char *const notes[] = { "lost", "costs", "warnings" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(notes); i++) {
		const struct json *v = json_get(root, notes[i]);

		if (v && json_want(file, v, JSON_ARRAY))
			return -1;
	}
	return 0;
}

static int read_number(const struct json_file *file, const struct json *object, const char *key,
		       u32 *out)
{
	const struct json *v = json_get(object, key);
	u64 n = 0;

	if (!v)
		return json_bad(file, object, "\"%s\" is missing", key);
	if (json_uint(file, v, UINT32_MAX, &n))
		return -1;
	*out = n;
	return 0;
}

static int read_identity(const struct json_file *file, const struct json *root,
			 struct baseline *b)
{
	const struct json *v = json_get(root, "identity"), *list, *name;
	struct identity *id = &b->identity;

	if (!v)
		return 0;
	if (json_check_keys(file, v, "\"identity\"", identity_keys) ||
	    read_number(file, v, "family", &id->family) ||
	    read_number(file, v, "model", &id->model) ||
	    read_number(file, v, "stepping", &id->stepping))
		return -1;
	list = json_get(v, "vendors");
	if (!list)
		return json_bad(file, v, "\"vendors\" is missing");
	if (json_want(file, list, JSON_ARRAY))
		return -1;
	for (name = json_first(list); name; name = json_next(name)) {
		if (json_want(file, name, JSON_STRING))
			return -1;
		if (strlen(json_string(name)) != 12)
			return json_bad(file, name, "\"%.24s\" is not a processor's vendor string",
					json_string(name));
		if (id->nr_vendors == ARRAY_SIZE(id->vendor))
			return json_bad(file, name, "more than %zu vendors",
					ARRAY_SIZE(id->vendor));
		memcpy(id->vendor[id->nr_vendors], json_string(name), sizeof(*id->vendor));
		printable(id->vendor[id->nr_vendors++]);
	}
	return id->nr_vendors ? 0 : json_bad(file, list, "\"vendors\" is empty");
}

int baseline_read(const char *path, struct baseline *b)
{
	struct json_file *file = json_open(path, FILE_LIMIT);
	const struct json *root;
	int err = -1;

	*b = (struct baseline){ 0 };
	if (!file)
		return -1;
	if (json_read_only(file, &root))
		goto out;
	if (json_kind(root) != JSON_OBJECT) {
		json_bad(file, root, "a baseline is a JSON object, which this is not");
		goto out;
	}
	if (read_schema(file, root) || json_check_keys(file, root, "a baseline", keys) ||
	    read_name(file, root, b) || read_set(file, root, "", &b->def) ||
	    read_vendor(file, root, b) || read_max(file, root, b) ||
	    read_features(file, root, b) || read_notes(file, root) ||
	    read_identity(file, root, b))
		goto out;
	err = 0;
out:
	json_close(file);
	if (err)
		baseline_free(b);
	return err;
}

bool baseline_is_for(const struct baseline *b, const char *vendor)
{
	unsigned int i;

	if (!*b->vendor || !*vendor || !strcmp(b->vendor, vendor))
		return true;
	for (i = 0; i < b->identity.nr_vendors; i++)
		if (!strcmp(b->identity.vendor[i], vendor))
			return true;
	return false;
}

int baseline_check_own(const struct baseline *b)
{
	char own[13];

	own_vendor(own);
	if (baseline_is_for(b, own))
		return 0;
	say("the baseline \"%s\" is for %s processors, and this is %s", b->name, b->vendor, own);
	return -1;
}

static void write_feature(void *ctx, const struct bit_place *at)
{
	char *name = bit_name(at);

	json_out_string(ctx, NULL, name);
	free(name);
}

static void write_identity(struct json_out *o, const struct identity *id)
{
	unsigned int i;

	if (!id->nr_vendors)
		return;
	json_out_object(o, "identity");
	json_out_flat(o);
	json_out_uint(o, "family", id->family);
	json_out_uint(o, "model", id->model);
	json_out_uint(o, "stepping", id->stepping);
	json_out_array(o, "vendors");
	for (i = 0; i < id->nr_vendors; i++)
		json_out_string(o, NULL, id->vendor[i]);
	json_out_end(o);
	json_out_end(o);
}

void baseline_write(struct json_out *o, const struct baseline *b)
{
	const struct kl_set def = words_set(&b->def), max = words_set(&b->max);
	const struct kl_leaf *leaf0 = kl_set_leaf(&def, 0, 0);
	char vendor[13];

	json_out_string(o, "schema", BASELINE_SCHEMA);
	json_out_string(o, "name", b->name);
	memcpy(vendor, b->vendor, sizeof(vendor));
	if (!*vendor && leaf0)
		cpuid_vendor(leaf0, vendor);
	if (*vendor)
		json_out_string(o, "vendor", vendor);
	write_identity(o, &b->identity);
	words_write_leaves(o, "cpuid", &def);
	words_write_msrs(o, "msr", &def);
	if (b->has_max) {
		json_out_object(o, "max");
		words_write_leaves(o, "cpuid", &max);
		words_write_msrs(o, "msr", &max);
		json_out_end(o);
	}
	json_out_array(o, "features");
	json_out_flat(o);
	set_features(&def, write_feature, o);
	json_out_end(o);
}

unsigned int set_lacks(const struct kl_set *need, const struct kl_set *have, lack_fn lack,
		       void *ctx)
{
	struct kl_place at = { 0 };
	unsigned int nr = 0;
	char *text;

	for (; kl_set_subset_from(need, have, &at); nr++) {
		text = lack_text(&at, need, have);
		lack(ctx, &at, text);
		free(text);
	}
	return nr;
}
