// SPDX-License-Identifier: GPL-2.0
/* What KVM offers, what a VMM could wish, and baselines made of the offer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvmprobe.h"

const char *offer_file;
bool modest;

void kvm_offer_cpuid(unsigned long ioctl_nr, struct cpuset *s)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 e[MAX_ENTRIES];
	} buf;

	memset(&buf, 0, sizeof(buf));
	buf.head.nent = MAX_ENTRIES;
	if (ioctl(kvm_fd(), ioctl_nr, &buf))
		die("%s: %s", ioctl_nr == KVM_GET_SUPPORTED_CPUID ?
		    "KVM_GET_SUPPORTED_CPUID" : "KVM_GET_EMULATED_CPUID",
		    strerror(errno));
	s->n = buf.head.nent;
	memcpy(s->e, buf.e, s->n * sizeof(s->e[0]));
}

void kvm_offer_msrs(struct msrset *s)
{
	struct {
		struct kvm_msr_list head;
		u32 index[MAX_MSRS];
	} list;

	memset(&list, 0, sizeof(list));
	list.head.nmsrs = MAX_MSRS;
	if (ioctl(kvm_fd(), KVM_GET_MSR_FEATURE_INDEX_LIST, &list))
		die("KVM_GET_MSR_FEATURE_INDEX_LIST: %s", strerror(errno));
	s->n = 0;
	for (u32 i = 0; i < list.head.nmsrs; i++) {
		struct {
			struct kvm_msrs head;
			struct kvm_msr_entry e;
		} one;

		memset(&one, 0, sizeof(one));
		one.head.nmsrs = 1;
		one.e.index = list.index[i];
		/* A feature MSR that the host lacks is listed all the same. */
		if (ioctl(kvm_fd(), KVM_GET_MSRS, &one) == 1)
			msrset_add(s, one.e.index, one.e.data);
	}
}

void kvm_offer(struct offer *o)
{
	kvm_offer_cpuid(KVM_GET_SUPPORTED_CPUID, &o->cpu);
	kvm_offer_msrs(&o->msr);
}

/*
 * What the host can really do. Under the module KVM's offer is levelled, so
 * either a snapshot made before it tells, or the processor does; the latter
 * knows nothing of what KVM makes in software, nor of KVM's own MSR values.
 */
void truth_load(struct offer *o)
{
	struct cpuset raw;

	if (offer_file) {
		set_from_file(offer_file, o);
		return;
	}
	kvm_offer(o);
	cpuset_raw(&raw);
	for (unsigned int i = 0; i < nr_victims; i++) {
		const struct spec *p = victim_spec(i);
		struct kvm_cpuid_entry2 *e = cpuset_find(&raw, p->leaf, p->sub);

		if (victims[i].software)
			spec_set(p, o);
		else if (p->kind == SPEC_DROP && e)
			*cpuset_add(&o->cpu, p->leaf, p->sub) = *e;
	}
	cpuset_merge_raw(&o->cpu, &raw);
}

/* What a greedy VMM sets: all that there is. */
void wish_load(struct offer *o)
{
	struct kvm_cpuid_entry2 *e;

	truth_load(o);
	if (modest) {
		struct offer full = *o;

		victims_clear(&full, o);
	}
	/* Without this bit no guest may read MSR 0x10a, whatever is in it. */
	e = cpuset_add(&o->cpu, 7, 0);
	e->edx |= BIT(29);
}

/* --cpuid none|offer|raw|all-ones-ish|FILE */
void cpuset_choose(const char *how, struct cpuset *s, bool *none)
{
	struct offer *o = calloc(1, sizeof(*o));
	struct cpuset raw;

	if (!o)
		die("out of memory");
	*none = !strcmp(how, "none");
	s->n = 0;
	if (*none) {
		free(o);
		return;
	}
	if (!strcmp(how, "offer") || !strcmp(how, "all-ones-ish")) {
		kvm_offer(o);
		if (*how == 'a')
			cpuset_ones(&o->cpu);
	} else if (!strcmp(how, "raw")) {
		kvm_offer(o);
		cpuset_raw(&raw);
		cpuset_merge_raw(&o->cpu, &raw);
	} else {
		set_from_file(how, o);
	}
	*s = o->cpu;
	free(o);
}

int cmd_supported(int argc, char **argv)
{
	struct cpuset s;

	(void)argc;
	(void)argv;
	kvm_offer_cpuid(KVM_GET_SUPPORTED_CPUID, &s);
	cpuset_print(&s);
	return 0;
}

int cmd_emulated(int argc, char **argv)
{
	struct cpuset s;

	(void)argc;
	(void)argv;
	kvm_offer_cpuid(KVM_GET_EMULATED_CPUID, &s);
	cpuset_print(&s);
	return 0;
}

int cmd_msr_features(int argc, char **argv)
{
	struct msrset s;

	(void)argc;
	(void)argv;
	kvm_offer_msrs(&s);
	for (u32 i = 0; i < s.n; i++)
		printf("msr 0x%08x 0x%016llx\n", s.e[i].index, s.e[i].data);
	return 0;
}

/* For --offer: taken before the module is there. */
int cmd_snapshot(int argc, char **argv)
{
	cmd_supported(argc, argv);
	return cmd_msr_features(argc, argv);
}

int cmd_victims(int argc, char **argv)
{
	static struct offer o;

	(void)argc;
	(void)argv;
	if (offer_file)
		set_from_file(offer_file, &o);
	else
		kvm_offer(&o);
	victims_print(&o);
	return 0;
}

/* Leaves that say what the VMM made, not what the processor can do. */
static bool vmm_owns(u32 leaf)
{
	switch (leaf) {
	case 2: case 3: case 4: case 0xb: case 0x15: case 0x16: case 0x1f:
	case 0x40000010: case 0x80000002 ... 0x80000006:
	case 0x8000001d: case 0x8000001e: case 0x80000026:
		return true;
	default:
		return false;
	}
}

static void print_words(const struct offer *o, const char *indent)
{
	bool first = true;

	printf("%s\"cpuid\": [", indent);
	for (u32 i = 0; i < o->cpu.n; i++) {
		const struct kvm_cpuid_entry2 *e = &o->cpu.e[i];

		/* KVM fills its range with empty leaves. */
		if (!(e->eax | e->ebx | e->ecx | e->edx))
			continue;
		printf("%s\n%s  {\"leaf\":\"0x%08x\",\"subleaf\":\"0x%08x\","
		       "\"eax\":\"0x%08x\",\"ebx\":\"0x%08x\","
		       "\"ecx\":\"0x%08x\",\"edx\":\"0x%08x\"}",
		       first ? "" : ",", indent, e->function, e->index,
		       e->eax, e->ebx, e->ecx, e->edx);
		first = false;
	}
	printf("\n%s],\n%s\"msr\": [", indent, indent);
	for (u32 i = 0; i < o->msr.n; i++)
		printf("%s\n%s  {\"index\":\"0x%08x\",\"value\":\"0x%016llx\"}",
		       i ? "," : "", indent, o->msr.e[i].index,
		       o->msr.e[i].data);
	printf("\n%s]", indent);
}

/* KVM's offer, without what is the VMM's and without duplicates. */
static void baseline_words(const struct offer *from, struct offer *to)
{
	memset(to, 0, sizeof(*to));
	for (u32 i = 0; i < from->cpu.n; i++) {
		const struct kvm_cpuid_entry2 *e = &from->cpu.e[i];

		if (vmm_owns(e->function) ||
		    cpuset_find(&to->cpu, e->function, e->index))
			continue;
		*cpuset_add(&to->cpu, e->function, e->index) = *e;
	}
	for (u32 i = 0; i < from->msr.n; i++)
		if (from->msr.e[i].index != 0x8b &&	/* microcode */
		    from->msr.e[i].index != 0xce &&	/* platform info */
		    from->msr.e[i].index != 0x48a)	/* VMCS_ENUM */
			msrset_add(&to->msr, from->msr.e[i].index,
				   from->msr.e[i].data);
}

/* A baseline has no MSR without the CPUID bit that says that there is one. */
static void drop_gated_msrs(struct offer *o)
{
	static const struct {
		u32 first, last, leaf;
		enum reg reg;
		unsigned int bit;
	} gates[] = {
		{ 0xcf, 0xcf, 0x7, EDX, 30 },
		{ 0x10a, 0x10a, 0x7, EDX, 29 },
		{ 0x345, 0x345, 0x1, ECX, 15 },
		{ 0x480, 0x493, 0x1, ECX, 5 },	/* VMX */
	};

	for (u32 i = 0; i < ARRAY_SIZE(gates); i++) {
		if (cpuset_bit(&o->cpu, gates[i].leaf, 0, gates[i].reg,
			       gates[i].bit))
			continue;
		for (u32 m = gates[i].first; m <= gates[i].last; m++)
			msrset_drop(&o->msr, m);
	}
}

int cmd_baseline(int argc, char **argv)
{
	static struct offer full, o, all;
	const char *name = "kvmprobe";
	bool max = false;

	if (offer_file)
		set_from_file(offer_file, &full);
	else
		kvm_offer(&full);
	/* KVM never tells of this one in CPUID, only as a capability. */
	if (kvm_has(KVM_CAP_TSC_DEADLINE_TIMER))
		cpuset_add(&full.cpu, 1, 0)->ecx |= BIT(24);
	baseline_words(&full, &o);
	all = o;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--name") && i + 1 < argc) {
			name = argv[++i];
		} else if (!strcmp(argv[i], "--clear") && i + 1 < argc) {
			struct spec s = spec_parse(argv[++i]);

			spec_clear(&s, &o);
			if (s.leaf == 0xd)
				fix_xsave_size(&o.cpu);
		} else if (!strcmp(argv[i], "--victims")) {
			victims_clear(&full, &o);
		} else if (!strcmp(argv[i], "--nested")) {
			vmx_lower(&o.msr);
		} else if (!strcmp(argv[i], "--max")) {
			max = true;
		} else {
			die("baseline: what is '%s'?", argv[i]);
		}
	}
	drop_gated_msrs(&o);
	drop_gated_msrs(&all);
	printf("{\n  \"schema\": \"kvm-level/baseline/1\",\n  \"name\": \"%s\",\n",
	       name);
	print_words(&o, "  ");
	if (max) {
		printf(",\n  \"max\": {\n");
		print_words(&all, "    ");
		printf("\n  }");
	}
	printf("\n}\n");
	return 0;
}
