// SPDX-License-Identifier: GPL-2.0
/*
 * Firecracker's JSON: the fingerprint of cpu-template-helper, and CPU templates, which
 * are a fingerprint's "guest_cpu_config". Registers are bitmaps, "0b0001xx10": an x is a
 * bit that a template leaves to the host, and so tells nothing of.
 */
#include "build.h"
#include "formats.h"

static const char *const template_keys[] = {
	"kvm_capabilities", "cpuid_modifiers", "msr_modifiers", "vcpu_features", "reg_modifiers",
	NULL,
};

static const char *const cpuid_keys[] = { "leaf", "subleaf", "flags", "modifiers", NULL };
static const char *const register_keys[] = { "register", "bitmap", NULL };
static const char *const msr_keys[] = { "addr", "bitmap", NULL };

struct template {
	const struct json_file *file;
	struct words words;
	unsigned int open;	/* bits that are the host's */
};

/* The member @key, which has to be there. */
static const struct json *want(const struct json_file *file, const struct json *object,
			       const char *key, enum json_kind kind)
{
	const struct json *v = json_get(object, key);

	if (!v) {
		json_bad(file, object, "\"%s\" is missing", key);
		return NULL;
	}
	return json_want(file, v, kind) ? NULL : v;
}

/* "0x1f" or "31" */
static int read_number(const struct json_file *file, const struct json *object, const char *key,
		       u32 *out)
{
	const struct json *v = want(file, object, key, JSON_STRING);
	struct line l = { 0 };
	u64 n;

	if (!v)
		return -1;
	l.at = json_string(v);
	l.end = l.at + strlen(l.at);
	if (eat_word(&l, "0x") ? eat_hex(&l, 1, 8, &n) : eat_decimal(&l, out)) {
		if (json_string(v)[1] == 'x')
			*out = n;
		if (l.at == l.end)
			return 0;
	}
	return json_bad(file, v, "\"%s\": \"%.24s\" is no number of 32 bits such as \"0x1f\"", key,
			json_string(v));
}

static int read_bitmap(struct template *t, const struct json *object, unsigned int width,
		       u64 *out)
{
	const struct json *v = want(t->file, object, "bitmap", JSON_STRING);
	const char *c;
	unsigned int bits = 0;
	u64 n = 0;

	if (!v)
		return -1;
	c = json_string(v);
	if (c[0] != '0' || c[1] != 'b' || !c[2])
		return json_bad(t->file, v, "\"%.24s\" is no bitmap such as \"0b01x\"", c);
	for (c += 2; *c; c++) {
		if (*c == '_')
			continue;
		if (!strchr("01x", *c))
			return json_bad(t->file, v, "\"%.1s\" in a bitmap of 0, 1 and x", c);
		if (bits++ == width)
			return json_bad(t->file, v, "a bitmap of more than %u bits", width);
		n = n << 1 | (*c == '1');
		t->open += *c == 'x';
	}
	t->open += width - bits;
	*out = n;
	return 0;
}

static int read_register(struct template *t, const struct json *row, struct kl_leaf *leaf,
			 bool *seen)
{
	const struct json *name;
	unsigned int r;
	u64 n;

	if (json_check_keys(t->file, row, "a modifier", register_keys))
		return -1;
	name = want(t->file, row, "register", JSON_STRING);
	if (!name)
		return -1;
	for (r = 0; r < KL_NR_REGS && strcmp(kl_reg_name(r), json_string(name)); r++)
		;
	if (r == KL_NR_REGS)
		return json_bad(t->file, name, "\"%.24s\" is no register of CPUID",
				json_string(name));
	if (seen[r])
		return json_bad(t->file, name, "register %s stands twice", kl_reg_name(r));
	seen[r] = true;
	if (read_bitmap(t, row, 32, &n))
		return -1;
	leaf->r[r] = n;
	return 0;
}

static bool has_leaf(const struct words *w, const struct kl_leaf *leaf)
{
	unsigned int i;

	for (i = 0; i < w->nr_leaves; i++)
		if (w->leaf[i].leaf == leaf->leaf && w->leaf[i].subleaf == leaf->subleaf)
			return true;
	return false;
}

static int read_leaf(struct template *t, const struct json *row)
{
	struct kl_leaf leaf = { 0 };
	bool seen[KL_NR_REGS] = { false };
	const struct json *modifiers, *m;
	unsigned int r;

	if (json_check_keys(t->file, row, "a row of \"cpuid_modifiers\"", cpuid_keys) ||
	    read_number(t->file, row, "leaf", &leaf.leaf) ||
	    read_number(t->file, row, "subleaf", &leaf.subleaf))
		return -1;
	modifiers = want(t->file, row, "modifiers", JSON_ARRAY);
	if (!modifiers)
		return -1;
	for (m = json_first(modifiers); m; m = json_next(m))
		if (read_register(t, m, &leaf, seen))
			return -1;
	for (r = 0; r < KL_NR_REGS; r++)
		t->open += seen[r] ? 0 : 32;
	if (has_leaf(&t->words, &leaf))
		return json_bad(t->file, row, "CPUID 0x%x.%u stands twice", leaf.leaf,
				leaf.subleaf);
	if (t->words.nr_leaves == WORDS_MAX_LEAVES)
		return json_bad(t->file, row, "more than %d CPUID leaves", WORDS_MAX_LEAVES);
	words_add_leaf(&t->words, &leaf);
	return 0;
}

static int read_msr(struct template *t, const struct json *row)
{
	unsigned int i;
	u32 index;
	u64 value;

	if (json_check_keys(t->file, row, "a row of \"msr_modifiers\"", msr_keys) ||
	    read_number(t->file, row, "addr", &index) || read_bitmap(t, row, 64, &value))
		return -1;
	for (i = 0; i < t->words.nr_msrs; i++)
		if (t->words.msr[i].index == index)
			return json_bad(t->file, row, "MSR 0x%x stands twice", index);
	if (t->words.nr_msrs == WORDS_MAX_MSRS)
		return json_bad(t->file, row, "more than %d MSRs", WORDS_MAX_MSRS);
	words_add_msr(&t->words, index, value);
	return 0;
}

static int read_rows(struct template *t, const struct json *root, const char *key,
		     int (*read)(struct template *t, const struct json *row))
{
	const struct json *rows = json_get(root, key), *row;

	if (!rows)
		return 0;
	if (json_want(t->file, rows, JSON_ARRAY))
		return -1;
	for (row = json_first(rows); row; row = json_next(row))
		if (read(t, row))
			return -1;
	return 0;
}

static int read_template(struct template *t, const struct json *root)
{
	const struct json *arm = json_get(root, "reg_modifiers");

	if (json_check_keys(t->file, root, "a CPU template", template_keys))
		return -1;
	if (arm && json_kind(arm) == JSON_ARRAY && json_first(arm))
		return json_bad(t->file, arm, "registers of ARM: only x86 is levelled");
	if (read_rows(t, root, "cpuid_modifiers", read_leaf) ||
	    read_rows(t, root, "msr_modifiers", read_msr))
		return -1;
	if (!t->words.nr_leaves)
		return json_bad(t->file, root, "the CPU template has no CPUID leaf");
	words_sort(&t->words);
	return 0;
}

static int read_text(const struct json_file *file, const struct json *root, const char *key,
		     char **out)
{
	const struct json *v = json_get(root, key);

	if (!v)
		return 0;
	if (json_want(file, v, JSON_STRING))
		return -1;
	if (strlen(json_string(v)) > 255)
		return json_bad(file, v, "\"%s\" is longer than 255 bytes", key);
	*out = printable(xprintf("%s", json_string(v)));
	return 0;
}

int firecracker_read(const struct json_file *file, const struct json *root, struct host *h)
{
	const struct json *config = json_get(root, "guest_cpu_config");
	struct template t = { .file = file };

	if (!config && !json_get(root, "cpuid_modifiers") && !json_get(root, "msr_modifiers") &&
	    !json_get(root, "reg_modifiers"))
		return 0;
	if (config && (read_text(file, root, "kernel_version", &h->kernel) ||
		       read_text(file, root, "microcode_version", &h->microcode)))
		return -1;
	if (read_template(&t, config ? config : root)) {
		words_free(&t.words);
		return -1;
	}
	if (t.open)
		json_warn(file, root, "a template that leaves %u bits to the host: they count as 0",
			  t.open);
	h->words = t.words;
	/* What a guest was given on that host is what KVM offers there, or less. */
	h->raw = false;
	h->file = xprintf("%s", json_name(file));
	h->name = xprintf("%s", json_name(file));
	host_identify(h);
	return 1;
}
