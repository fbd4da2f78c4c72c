// SPDX-License-Identifier: GPL-2.0
/*
 * The obvious way to level a guest, for tests/bench to compare with: a kretprobe
 * on kvm_cpuid() that looks each leaf up and masks what comes back, at every
 * CPUID exit.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

#define NR_RULES	16

/* A baseline of as many rules as the benchmark's; all bits pass. */
static struct { u32 leaf, mask[4]; } rules[NR_RULES] = {
	{ 0x0 }, { 0x1 }, { 0x6 }, { 0x7 }, { 0xd }, { 0x14 }, { 0x19 }, { 0x40000000 },
	{ 0x40000001 }, { 0x80000000 }, { 0x80000001 }, { 0x80000007 }, { 0x80000008 },
	{ 0x8000000a }, { 0x80000021 }, { 0x80000022 },
};

struct call {
	u32 *eax, *ebx, *ecx, *edx;
	u32 leaf;
};

/* kvm_cpuid(vcpu, eax, ebx, ecx, edx, exact_only) */
static int on_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;

	c->eax = (u32 *)regs->si;
	c->ebx = (u32 *)regs->dx;
	c->ecx = (u32 *)regs->cx;
	c->edx = (u32 *)regs->r8;
	c->leaf = *c->eax;
	return 0;
}

static int on_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;
	unsigned int low = 0, high = NR_RULES;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (rules[mid].leaf == c->leaf) {
			*c->eax &= rules[mid].mask[0];
			*c->ebx &= rules[mid].mask[1];
			*c->ecx &= rules[mid].mask[2];
			*c->edx &= rules[mid].mask[3];
			break;
		}
		if (rules[mid].leaf < c->leaf)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "kvm:kvm_cpuid",
	.entry_handler = on_entry,
	.handler = on_return,
	.data_size = sizeof(struct call),
	.maxactive = 64,
};

static int __init kret_init(void)
{
	unsigned int i, r;

	for (i = 0; i < NR_RULES; i++)
		for (r = 0; r < 4; r++)
			rules[i].mask[r] = ~0u;
	return register_kretprobe(&probe);
}
module_init(kret_init);

static void __exit kret_exit(void)
{
	unregister_kretprobe(&probe);
}
module_exit(kret_exit);

MODULE_DESCRIPTION("A kretprobe that levels CPUID, to compare kvm_level with");
MODULE_LICENSE("GPL");
