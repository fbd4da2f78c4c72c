// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU's answer to query-cpu-model-expansion, alone or in all that QMP said on a line
 * each: properties by name. Features become bits by the names of features.h; a few
 * numbers are known beside them; what else is true and no feature is said and left out.
 * The model's name says nothing: it is another CPU on the next QEMU.
 */
#include "../names.h"
#include "build.h"
#include "formats.h"

#define MOST_PROPS	8192

/* QEMU's address width where it is told none (target/i386: phys-bits=0 without host-phys-bits). */
#define DEFAULT_PHYS_BITS	40

struct numbers {
	u64 family, model, stepping, level, xlevel, phys_bits;
	const struct json *vendor;
};

/* A property that is no feature, and known: 1; 0: it is another one; -1: said why. */
static int read_known(const struct json_file *file, const struct json *v, struct numbers *n)
{
	const struct {
		const char *key;
		u64 max;
		u64 *out;
	} known[] = {
		{ "family", 0xf + 0xff, &n->family },
		{ "model", 0xff, &n->model },
		{ "stepping", 0xf, &n->stepping },
		{ "level", UINT32_MAX, &n->level },
		{ "xlevel", UINT32_MAX, &n->xlevel },
		{ "phys-bits", 52, &n->phys_bits },
	};
	unsigned int i;

	if (!strcmp(json_key(v), "vendor")) {
		if (json_want(file, v, JSON_STRING))
			return -1;
		if (strlen(json_string(v)) != 12)
			return json_bad(file, v, "\"vendor\" is not a processor's vendor string, such as \"AuthenticAMD\"");
		n->vendor = v;
		return 1;
	}
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(json_key(v), known[i].key))
			return json_uint(file, v, known[i].max, known[i].out) ? -1 : 1;
	return 0;
}

static bool is_true(const struct json *v)
{
	return json_kind(v) == JSON_BOOL && json_true(v);
}

static void ignore(char **all, const char *name)
{
	char *more = xprintf("%s%s%.64s", *all, **all ? ", " : "", name);

	free(*all);
	*all = more;
}

static int read_prop(const struct json_file *file, const struct json *v, struct words *w,
		     struct numbers *n, char **ignored)
{
	const struct feature *f;
	int known = read_known(file, v, n);

	if (known)
		return known < 0 ? -1 : 0;
	/* Hyper-V's are switches of QEMU's own; the words behind them stand where KVM's do. */
	f = strncmp(json_key(v), "hv-", 3) ? feature_named(json_key(v)) : NULL;
	if (f && json_want(file, v, JSON_BOOL))
		return -1;
	if (!is_true(v))
		return 0;
	if (!f)
		ignore(ignored, json_key(v));
	else if (f->at.msr)
		words_set_msr_bits(w, f->at.leaf, 1ull << f->at.bit);
	else
		words_set_bits(w, f->at.leaf, f->at.subleaf, f->at.reg, 1u << f->at.bit);
	return 0;
}

/* Leaf 1 EAX: SDM vol. 2A "CPUID", figure "Version Information Returned by CPUID in EAX". */
static u32 signature(const struct numbers *n)
{
	u32 family = n->family > 0xf ? 0xf : n->family, more = n->family - family;

	return more << 20 | (n->model >> 4) << 16 | family << 8 | (n->model & 0xf) << 4 |
	       n->stepping;
}

static void set_numbers(struct words *w, const struct numbers *n)
{
	u32 name[3] = { 0 };

	if (n->vendor)
		memcpy(name, json_string(n->vendor), sizeof(name));
	words_set_bits(w, 0, 0, KL_EBX, name[0]);
	words_set_bits(w, 0, 0, KL_EDX, name[1]);
	words_set_bits(w, 0, 0, KL_ECX, name[2]);
	words_set_bits(w, 1, 0, KL_EAX, signature(n));
	/* All ones: QEMU will find the number itself. */
	if (n->level < UINT32_MAX)
		words_set_bits(w, 0, 0, KL_EAX, n->level);
	if (n->xlevel >= 0x80000000 && n->xlevel < UINT32_MAX)
		words_set_bits(w, 0x80000000, 0, KL_EAX, n->xlevel);
	if (n->phys_bits)
		words_set_bits(w, 0x80000008, 0, KL_EAX, n->phys_bits);
}

static int check_twice(const struct json_file *file, const struct json *props)
{
	const struct json *v, *w;
	unsigned int nr = 0;

	for (v = json_first(props); v; v = json_next(v))
		if (++nr > MOST_PROPS)
			return json_bad(file, v, "more than %d properties", MOST_PROPS);
	for (v = json_first(props); v; v = json_next(v))
		for (w = json_first(props); w != v; w = json_next(w))
			if (!strcmp(json_key(v), json_key(w)))
				return json_bad(file, v, "property \"%.64s\" stands twice",
						json_key(v));
	return 0;
}

static int read_model(const struct json_file *file, const struct json *model, struct host *h)
{
	const struct json *props, *name, *v;
	struct numbers n = { .level = UINT32_MAX };
	char *ignored;
	int err = 0;

	if (json_want(file, model, JSON_OBJECT))
		return -1;
	props = json_get(model, "props");
	name = json_get(model, "name");
	if (!props || (json_kind(props) == JSON_OBJECT && !json_first(props)))
		return json_bad(file, model, "a CPU model by its name only: ask query-cpu-model-expansion for its properties, type \"full\"");
	if (json_want(file, props, JSON_OBJECT) || check_twice(file, props) ||
	    (name && json_want(file, name, JSON_STRING)))
		return -1;
	ignored = xprintf("%s", "");
	for (v = json_first(props); v && !err; v = json_next(v))
		err = read_prop(file, v, &h->words, &n, &ignored);
	if (!err && !n.vendor)
		err = json_bad(file, props, "no property \"vendor\": is this the full expansion of the model?");
	if (!err && *ignored)
		json_warn(file, props, "no features of a CPU, ignored: %s", ignored);
	free(ignored);
	if (err)
		return -1;
	set_numbers(&h->words, &n);
	words_derive(&h->words, strcmp(json_string(n.vendor), "GenuineIntel") != 0,
		     DEFAULT_PHYS_BITS);
	h->raw = false;
	h->file = xprintf("%s", json_name(file));
	h->name = xprintf("%s", json_name(file));
	host_identify(h);
	return 1;
}

int qemu_read(const struct json_file *file, const struct json *root, struct host *h)
{
	const struct json *answer = json_get(root, "return"), *error = json_get(root, "error");
	const struct json *model = json_get(root, "model"), *text;

	if (answer) {
		/* Answers to other questions stand beside it. */
		model = json_kind(answer) == JSON_OBJECT ? json_get(answer, "model") : NULL;
		return model ? read_model(file, model, h) : FORMATS_NOTHING;
	}
	if (error) {
		text = json_kind(error) == JSON_OBJECT ? json_get(error, "desc") : NULL;
		return json_bad(file, error, "QEMU refused: %.200s",
				text && json_kind(text) == JSON_STRING ? json_string(text) : "");
	}
	if (json_get(root, "QMP") || json_get(root, "event"))
		return FORMATS_NOTHING;
	/* The bare answer; a host dump's "model" is a number. */
	if (model && json_kind(model) == JSON_OBJECT)
		return read_model(file, model, h);
	return 0;
}
