// SPDX-License-Identifier: GPL-2.0
/* Sets of CPUID entries and MSRs: from the processor, from files, as text. */
#include <cpuid.h>
#include <stdlib.h>
#include <string.h>

#include "kvmprobe.h"

const char *const reg_names[NR_REGS] = { "eax", "ebx", "ecx", "edx" };

/* Leaves whose ECX selects a subleaf, as KVM and the manuals have them. */
bool leaf_indexed(u32 leaf)
{
	switch (leaf) {
	case 4: case 7: case 0xb: case 0xd: case 0xf: case 0x10: case 0x12:
	case 0x14: case 0x17: case 0x18: case 0x1d: case 0x1e: case 0x1f:
	case 0x24: case 0x8000001d: case 0x80000026:
		return true;
	default:
		return false;
	}
}

/* Words made of feature bits: these can be ORed, the others can't. */
bool word_is_features(u32 leaf, u32 sub, enum reg reg)
{
	switch (leaf) {
	case 1: case 0x80000001:
		return reg == ECX || reg == EDX;
	case 7:
		return sub || reg != EAX;
	case 0xd:
		return sub == 0 ? reg == EAX || reg == EDX :
		       sub == 1 ? reg != EBX : false;
	case 0x40000001: case 0x8000001f: case 0x80000021:
		return reg == EAX || (reg == ECX && leaf == 0x80000021);
	case 0x80000007: case 0x8000000a: case 0xc0000001:
		return reg == EDX;
	case 0x80000008:
		return reg == EBX;
	default:
		return false;
	}
}

u32 *entry_word(struct kvm_cpuid_entry2 *e, enum reg reg)
{
	switch (reg) {
	case EAX: return &e->eax;
	case EBX: return &e->ebx;
	case ECX: return &e->ecx;
	default:  return &e->edx;
	}
}

u32 entry_read(const struct kvm_cpuid_entry2 *e, enum reg reg)
{
	return *entry_word((struct kvm_cpuid_entry2 *)e, reg);
}

struct kvm_cpuid_entry2 *cpuset_find(struct cpuset *s, u32 leaf, u32 sub)
{
	for (u32 i = 0; i < s->n; i++) {
		if (s->e[i].function != leaf)
			continue;
		if (s->e[i].index == sub || !leaf_indexed(leaf))
			return &s->e[i];
	}
	return NULL;
}

/* The entry of that name, made if it isn't there. */
struct kvm_cpuid_entry2 *cpuset_add(struct cpuset *s, u32 leaf, u32 sub)
{
	struct kvm_cpuid_entry2 *e = cpuset_find(s, leaf, sub);

	if (e)
		return e;
	if (s->n == MAX_ENTRIES)
		die("more than %u CPUID entries", MAX_ENTRIES);
	e = &s->e[s->n++];
	memset(e, 0, sizeof(*e));
	e->function = leaf;
	e->index = sub;
	if (leaf_indexed(leaf))
		e->flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
	return e;
}

void cpuset_drop(struct cpuset *s, u32 leaf, u32 sub)
{
	struct kvm_cpuid_entry2 *e = cpuset_find(s, leaf, sub);

	if (!e)
		return;
	s->n--;
	memmove(e, e + 1, (char *)&s->e[s->n] - (char *)e);
}

u32 cpuset_word(const struct cpuset *s, u32 leaf, u32 sub, enum reg reg)
{
	struct kvm_cpuid_entry2 *e = cpuset_find((struct cpuset *)s, leaf, sub);

	return e ? entry_read(e, reg) : 0;
}

bool cpuset_bit(const struct cpuset *s, u32 leaf, u32 sub, enum reg reg,
		unsigned int bit)
{
	return cpuset_word(s, leaf, sub, reg) & BIT(bit);
}

void cpuset_print(const struct cpuset *s)
{
	for (u32 i = 0; i < s->n; i++)
		printf("cpuid 0x%08x 0x%08x 0x%08x 0x%08x 0x%08x 0x%08x\n",
		       s->e[i].function, s->e[i].index, s->e[i].eax,
		       s->e[i].ebx, s->e[i].ecx, s->e[i].edx);
}

void host_cpuid(u32 leaf, u32 sub, u32 out[NR_REGS])
{
	__cpuid_count(leaf, sub, out[EAX], out[EBX], out[ECX], out[EDX]);
}

bool host_is_intel(void)
{
	u32 r[NR_REGS];

	host_cpuid(0, 0, r);
	return r[EBX] == signature_INTEL_ebx;
}

static void raw_leaf(struct cpuset *s, u32 leaf)
{
	u32 subs = 1, r[NR_REGS];

	/*
	 * KVM takes 256 entries at most, so only as many subleaves as the
	 * leaf itself owns up to.
	 */
	if (leaf == 0xd) {
		subs = 64;
	} else if (leaf_indexed(leaf)) {
		host_cpuid(leaf, 0, r);
		subs = leaf == 7 || leaf == 0x14 || leaf == 0x1d ||
		       leaf == 0x17 || leaf == 0x18 ? r[EAX] + 1 : 4;
		if (subs > 8)
			subs = 8;
	}
	for (u32 sub = 0; sub < subs; sub++) {
		struct kvm_cpuid_entry2 *e;

		host_cpuid(leaf, sub, r);
		if (sub && !(r[EAX] | r[EBX] | r[ECX] | r[EDX]))
			continue;
		e = cpuset_add(s, leaf, sub);
		e->eax = r[EAX];
		e->ebx = r[EBX];
		e->ecx = r[ECX];
		e->edx = r[EDX];
	}
}

/* The processor's own CPUID, executed here and now. */
void cpuset_raw(struct cpuset *s)
{
	static const u32 bases[] = { 0, 0x80000000 };

	s->n = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(bases); i++) {
		u32 r[NR_REGS];

		host_cpuid(bases[i], 0, r);
		if (r[EAX] < bases[i] || r[EAX] > bases[i] + 0xff)
			continue;
		for (u32 leaf = bases[i]; leaf <= r[EAX]; leaf++)
			raw_leaf(s, leaf);
	}
}

/*
 * Add to @s whatever the processor has beyond it. Dynamic XSAVE components
 * stay out: KVM refuses a set with them unless the process asked for them.
 */
void cpuset_merge_raw(struct cpuset *s, const struct cpuset *raw)
{
	const u32 dynamic = 3 << 17;

	for (u32 i = 0; i < raw->n; i++) {
		const struct kvm_cpuid_entry2 *r = &raw->e[i];
		struct kvm_cpuid_entry2 *e = cpuset_find(s, r->function,
							 r->index);

		if (!e) {
			e = cpuset_add(s, r->function, r->index);
			e->eax = r->eax;
			e->ebx = r->ebx;
			e->ecx = r->ecx;
			e->edx = r->edx;
		}
		for (enum reg reg = EAX; reg < NR_REGS; reg++)
			if (word_is_features(r->function, r->index, reg))
				*entry_word(e, reg) |= entry_read(r, reg);
		if ((r->function & 0x7fffffff) == 0 && r->eax > e->eax)
			e->eax = r->eax;
		if (r->function == 0xd && r->index == 0) {
			e->eax &= ~dynamic;
			e->ecx = r->ecx > e->ecx ? r->ecx : e->ecx;
		}
		if (r->function == 0x80000008 &&
		    (r->eax & 0xff) > (e->eax & 0xff))
			e->eax = (e->eax & ~0xff) | (r->eax & 0xff);
		if (r->function == 0x8000000a && !e->eax) {
			e->eax = r->eax;
			e->ebx = r->ebx;
		}
	}
}

/* All feature words to ones, but for XSAVE's, which KVM acts upon. */
void cpuset_ones(struct cpuset *s)
{
	for (u32 i = 0; i < s->n; i++) {
		struct kvm_cpuid_entry2 *e = &s->e[i];

		for (enum reg reg = EAX; reg < NR_REGS; reg++)
			if (e->function != 0xd &&
			    word_is_features(e->function, e->index, reg))
				*entry_word(e, reg) = ~0U;
	}
}

struct kvm_msr_entry *msrset_find(struct msrset *s, u32 index)
{
	for (u32 i = 0; i < s->n; i++)
		if (s->e[i].index == index)
			return &s->e[i];
	return NULL;
}

void msrset_add(struct msrset *s, u32 index, u64 value)
{
	struct kvm_msr_entry *e = msrset_find(s, index);

	if (!e) {
		if (s->n == MAX_MSRS)
			die("more than %u MSRs", MAX_MSRS);
		e = &s->e[s->n++];
		e->index = index;
		e->reserved = 0;
	}
	e->data = value;
}

void msrset_drop(struct msrset *s, u32 index)
{
	struct kvm_msr_entry *e = msrset_find(s, index);

	if (e)
		*e = s->e[--s->n];
}

static void parse_lines(const char *text, struct offer *o)
{
	while (text && *text) {
		u32 l, s, a, b, c, d;
		unsigned long long v;

		if (sscanf(text, "cpuid %x %x %x %x %x %x", &l, &s, &a, &b, &c,
			   &d) == 6) {
			struct kvm_cpuid_entry2 *e = cpuset_add(&o->cpu, l, s);

			e->eax = a;
			e->ebx = b;
			e->ecx = c;
			e->edx = d;
		} else if (sscanf(text, "msr %x %llx", &l, &v) == 2) {
			msrset_add(&o->msr, l, v);
		}
		text = strchr(text, '\n');
		text += text ? 1 : 0;
	}
}

/* The value of "key":"…" inside one flat object, or 0. */
static u64 json_number(const char *obj, const char *end, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = obj; p + len + 2 < end; p++) {
		if (*p != '"' || strncmp(p + 1, key, len) || p[len + 1] != '"')
			continue;
		p += len + 2;
		while (p < end && (*p == ' ' || *p == ':' || *p == '"'))
			p++;
		return strtoull(p, NULL, 0);
	}
	return 0;
}

/*
 * Enough JSON for the project's own baselines and dumps: the first "cpuid" and
 * the first "msr" array, of flat objects whose values are strings.
 */
static void parse_json_array(const char *text, const char *key, struct offer *o)
{
	bool cpu = !strcmp(key, "\"cpuid\"");
	const char *p = strstr(text, key), *stop;

	p = p ? strchr(p, '[') : NULL;
	stop = p ? strchr(p, ']') : NULL;
	while (p && stop) {
		const char *end;

		p = strchr(p, '{');
		if (!p || p > stop)
			break;
		end = strchr(p, '}');
		if (!end)
			break;
		if (cpu) {
			struct kvm_cpuid_entry2 *e =
				cpuset_add(&o->cpu, json_number(p, end, "leaf"),
					   json_number(p, end, "subleaf"));

			e->eax = json_number(p, end, "eax");
			e->ebx = json_number(p, end, "ebx");
			e->ecx = json_number(p, end, "ecx");
			e->edx = json_number(p, end, "edx");
		} else {
			msrset_add(&o->msr, json_number(p, end, "index"),
				   json_number(p, end, "value"));
		}
		p = end;
	}
}

void parse_set(const char *text, const char *path, struct offer *o)
{
	memset(o, 0, sizeof(*o));
	if (*text == '{') {
		parse_json_array(text, "\"cpuid\"", o);
		parse_json_array(text, "\"msr\"", o);
	} else {
		parse_lines(text, o);
	}
	if (!o->cpu.n)
		die("%s: no CPUID entries in it", path);
}

/* A baseline, a dump, or the lines that `snapshot` prints. */
void set_from_file(const char *path, struct offer *o)
{
	char *text = read_whole(path);

	parse_set(text, path, o);
	free(text);
}
