// SPDX-License-Identifier: GPL-2.0
/*
 * SPECs: 0x7.0:ebx[20], 0x7.0:ebx[20-22], 0x7.0:ebx=0x0, 0xd.2,
 * msr:0x10a[3], msr:0x10a=0x0.
 */
#include <stdlib.h>
#include <string.h>

#include "kvmprobe.h"

static bool parse_bits(const char *p, u64 *mask)
{
	unsigned long lo, hi;
	char *end;

	lo = strtoul(p, &end, 10);
	hi = lo;
	if (end == p)
		return false;
	if (*end == '-') {
		p = end + 1;
		hi = strtoul(p, &end, 10);
		if (end == p)
			return false;
	}
	if (*end != ']' || end[1] || lo > hi || hi > 63)
		return false;
	*mask = (~0ULL >> (63 - hi)) & ~(BIT64(lo) - 1);
	return true;
}

/* "[BITS]" or "=WORD", after the place. */
static bool parse_tail(const char *p, struct spec *s, bool msr)
{
	char *end;

	if (*p == '[') {
		s->kind = msr ? SPEC_MSR_BITS : SPEC_BITS;
		return parse_bits(p + 1, &s->mask);
	}
	if (*p != '=')
		return false;
	s->kind = msr ? SPEC_MSR_WORD : SPEC_WORD;
	s->value = strtoull(p + 1, &end, 0);
	return end != p + 1 && !*end;
}

static bool parse(const char *text, struct spec *s)
{
	char place[32], *end;
	const char *colon;
	size_t len;

	if (!strncmp(text, "msr:", 4)) {
		s->leaf = strtoul(text + 4, &end, 0);
		return end != text + 4 && parse_tail(end, s, true);
	}
	colon = strchr(text, ':');
	len = colon ? (size_t)(colon - text) : strlen(text);
	if (len >= sizeof(place))
		return false;
	memcpy(place, text, len);
	place[len] = '\0';
	if (!parse_leaf(place, &s->leaf, &s->sub))
		return false;
	if (!colon) {
		s->kind = SPEC_DROP;
		return true;
	}
	for (enum reg reg = EAX; reg < NR_REGS; reg++) {
		if (strncmp(colon + 1, reg_names[reg], 3))
			continue;
		s->reg = reg;
		return parse_tail(colon + 4, s, false) &&
		       (s->kind != SPEC_BITS || s->mask <= ~0U);
	}
	return false;
}

struct spec spec_parse(const char *text)
{
	struct spec s = { 0 };

	if (!parse(text, &s))
		die("not a SPEC: '%s' (like 0x7.0:ebx[20], 0xd.2, msr:0x10a[3])",
		    text);
	return s;
}

void spec_clear(const struct spec *s, struct offer *o)
{
	struct kvm_cpuid_entry2 *e = cpuset_find(&o->cpu, s->leaf, s->sub);
	struct kvm_msr_entry *m = msrset_find(&o->msr, s->leaf);

	switch (s->kind) {
	case SPEC_BITS:
		if (e)
			*entry_word(e, s->reg) &= ~(u32)s->mask;
		break;
	case SPEC_WORD:
		if (e)
			*entry_word(e, s->reg) = s->value;
		break;
	case SPEC_DROP:
		cpuset_drop(&o->cpu, s->leaf, s->sub);
		break;
	case SPEC_MSR_BITS:
		if (m)
			m->data &= ~s->mask;
		break;
	case SPEC_MSR_WORD:
		if (m)
			m->data = s->value;
		break;
	}
}

/* The opposite, for what can be set: the bits that a VMM would like to have. */
void spec_set(const struct spec *s, struct offer *o)
{
	struct kvm_msr_entry *m;

	if (s->kind == SPEC_BITS) {
		*entry_word(cpuset_add(&o->cpu, s->leaf, s->sub), s->reg) |=
			s->mask;
	} else if (s->kind == SPEC_MSR_BITS) {
		m = msrset_find(&o->msr, s->leaf);
		msrset_add(&o->msr, s->leaf, (m ? m->data : 0) | s->mask);
	}
}

/* Would clearing it change anything? */
bool spec_present(const struct spec *s, const struct offer *o)
{
	struct kvm_cpuid_entry2 *e = cpuset_find((struct cpuset *)&o->cpu,
						 s->leaf, s->sub);
	struct kvm_msr_entry *m = msrset_find((struct msrset *)&o->msr,
					      s->leaf);

	switch (s->kind) {
	case SPEC_BITS:
		return e && (entry_read(e, s->reg) & s->mask);
	case SPEC_WORD:
		return e && entry_read(e, s->reg) != s->value;
	case SPEC_DROP:
		return e;
	case SPEC_MSR_BITS:
		return m && (m->data & s->mask);
	case SPEC_MSR_WORD:
		return m && m->data != s->value;
	}
	return false;
}

/*
 * 0xD.0 ECX is the size of the area for all components in EAX and EDX; KVM
 * takes it from the VMM. Work it out again after components have gone.
 */
void fix_xsave_size(struct cpuset *s)
{
	struct kvm_cpuid_entry2 *e = cpuset_find(s, 0xd, 0);
	u32 size = 512 + 64;
	u64 comps;

	if (!e)
		return;
	comps = (u64)e->edx << 32 | e->eax;
	for (u32 i = 2; i < 63; i++) {
		struct kvm_cpuid_entry2 *c = cpuset_find(s, 0xd, i);

		if ((comps & BIT64(i)) && c && c->ebx + c->eax > size)
			size = c->ebx + c->eax;
	}
	e->ecx = size;
}
