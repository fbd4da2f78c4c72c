// SPDX-License-Identifier: GPL-2.0
/* What a pool has to say: its JSON, its warnings, its costs as text. */
#include <inttypes.h>

#include "pool.h"

/* "a, b"; both are freed. */
static char *listed(char *list, char *name)
{
	char *more = list ? xprintf("%s, %s", list, name) : xprintf("%s", name);

	free(list);
	free(name);
	return more;
}

static int first_host(struct pool *p, unsigned int asked, bool has, char *name, size_t size)
{
	char quoted[1024];
	size_t len;

	if (roster_first(p->roster, asked, has, quoted, sizeof(quoted)))
		return -1;
	/* A sentence wants no quotes; an escape in a name may stay. */
	len = strlen(quoted);
	snprintf(name, size, "%.*s", len > 2 ? (int)len - 2 : 0, quoted + (len > 2));
	return 0;
}

/* Bad news and hints for mitigations, which all guests get if one host has them. */
static int tell_of_or_bits(struct pool *p)
{
	unsigned int i, nr;
	const struct slot *slot = slots(&nr);
	char host[300], *name;

	for (i = 0; i < p->nr_asked; i++) {
		const struct slot *s = &slot[p->asked[i].slot];
		struct bit_place at = slot_bit(s, p->asked[i].bit);

		if (!(s->or_bits >> p->asked[i].bit & 1) || p->asked[i].has == p->nr_hosts ||
		    !feature_at(&at))
			continue;
		if (first_host(p, i, true, host, sizeof(host)))
			return -1;
		name = bit_name(&at);
		pool_warn(p, xprintf("%s is shown to every guest, because %" PRIu64 " of %" PRIu64 " hosts have it (the first is %s): a guest that may come to run there must know",
				     name, p->asked[i].has, p->nr_hosts, host));
		free(name);
	}
	return 0;
}

static int tell_of_pv(struct pool *p)
{
	char host[300] = "", *names = NULL;
	unsigned int i;

	for (i = 0; i < p->nr_lost; i++) {
		const struct lost *l = &p->lost[i];

		if (l->at.msr || l->at.leaf != KVM_FEATURES || !l->missing)
			continue;
		if (!names && first_host(p, l->asked, false, host, sizeof(host)))
			return -1;
		names = listed(names, bit_name(&l->at));
	}
	if (names)
		pool_warn(p, xprintf("KVM's own features differ, as kernels do: %s not on every host (the first without is %s)",
				     names, host));
	free(names);
	return 0;
}

static void tell_of_vendors(struct pool *p)
{
	static const char mitigations[] =
		"a guest keeps the mitigations that it chose when it booted: on another vendor's "
		"processor they may not protect it, and what /sys/devices/system/cpu/vulnerabilities "
		"tells there is of the first; reboot a guest that stays";
	static const char hypercalls[] =
		"KVM's features that make hypercalls (kvm-pv-unhalt, kvm-pv-tlb-flush, kvm-pv-ipi, "
		"kvm-pv-sched-yield and two more) are not in the baseline: a guest patches in the "
		"instruction of the vendor on which it boots; one that uses another hypercall still "
		"dies of it";
	const struct identity *id = &p->baseline.identity;
	char *names = NULL;
	unsigned int i;

	if (!id->nr_vendors)
		return;
	for (i = 0; i < id->nr_vendors; i++)
		names = listed(names, xprintf("%s", id->vendor[i]));
	pool_warn(p, xprintf("processors of %s in one pool: a guest must be started as a %s, family %u, model %u, stepping %u, on every host; that is its VMM's to set, and no system that ships supports such migration",
			     names, p->baseline.vendor, id->family, id->model, id->stepping));
	pool_warn(p, xprintf("%s", mitigations));
	pool_warn(p, xprintf("%s", hypercalls));
	free(names);
}

/*
 * What one host says that must be 1 another may not say that it can be: hosts that told nothing,
 * or lists of features.  No nested hypervisor starts then, which is safe, but not what is promised.
 */
static void tell_of_vmx(struct pool *p)
{
	const struct kl_set set = words_set(&p->baseline.def);
	unsigned int i;
	u32 must, may;

	for (i = 0; i < set.nr_msrs; i++) {
		const struct kl_msr *m = &set.msr[i];

		must = m->value;
		may = m->value >> 32;
		if (m->index < 0x48d || m->index > 0x490 || !(must & ~may))
			continue;
		pool_warn(p, xprintf("vmx is in the baseline, but controls that must be 1 on one host can't be on another (0x%x of MSR 0x%x): no nested hypervisor will start",
				     must & ~may, m->index));
		return;
	}
}

int pool_tell(struct pool *p)
{
	if (tell_of_or_bits(p) || tell_of_pv(p))
		return -1;
	if (p->nr_raw)
		pool_warn(p, xprintf("%" PRIu64 " of %" PRIu64 " dumps are raw CPUID: KVM may offer less",
				     p->nr_raw, p->nr_hosts));
	tell_of_vmx(p);
	tell_of_vendors(p);
	return 0;
}

static int write_lost(struct json_out *o, struct pool *p, const struct lost *l)
{
	u64 most = p->wish.most_names;
	char *name;
	int err = 0;

	json_out_object(o, NULL);
	json_out_flat(o);
	name = bit_name(&l->at);
	json_out_string(o, "feature", name);
	free(name);
	if (l->needs.leaf) {
		name = bit_name(&l->needs);
		json_out_string(o, "needs", name);
		free(name);
	}
	if (l->above)
		json_out_string(o, "above", p->wish.level->name);
	if (l->because)
		json_out_string(o, "because", l->because);
	if (l->untold) {
		json_out_array(o, "untold_on");
		err = roster_write(p->roster, l->size, o, most);
		json_out_end(o);
	}
	if (most && l->missing > most)
		json_out_uint(o, "missing", l->missing);
	json_out_array(o, "missing_on");
	if (l->missing && !err)
		err = roster_write(p->roster, l->asked, o, most);
	json_out_end(o);
	json_out_end(o);
	return err;
}

static void write_cost(struct json_out *o, const struct cost *c)
{
	unsigned int i;
	char *name;

	json_out_object(o, NULL);
	json_out_flat(o);
	json_out_string(o, "host", c->host);
	json_out_array(o, "features");
	for (i = 0; i < c->nr; i++) {
		name = bit_name(&c->bit[i]);
		json_out_string(o, NULL, name);
		free(name);
	}
	json_out_end(o);
	json_out_end(o);
}

int pool_write(struct json_out *o, struct pool *p)
{
	unsigned int i;
	int err = 0;

	baseline_write(o, &p->baseline);
	json_out_array(o, "lost");
	for (i = 0; i < p->nr_lost && !err; i++)
		err = write_lost(o, p, &p->lost[i]);
	json_out_end(o);
	json_out_array(o, "costs");
	for (i = 0; i < p->nr_costs; i++)
		write_cost(o, &p->cost[i]);
	json_out_end(o);
	json_out_array(o, "warnings");
	for (i = 0; i < p->nr_warnings; i++)
		json_out_string(o, NULL, p->warning[i]);
	json_out_end(o);
	return err;
}

u64 pool_names_size(const struct pool *p)
{
	u64 most = p->wish.most_names, nr = 0;
	unsigned int i;

	for (i = 0; i < p->nr_lost; i++)
		nr += most && p->lost[i].missing > most ? most : p->lost[i].missing;
	return nr * (roster_name_size(p->roster) + 2);
}

static int dearest_first(const void *a, const void *b)
{
	const struct cost *x = *(const struct cost *const *)a, *y = *(const struct cost *const *)b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? 1 : -1;
	return (x > y) - (x < y);
}

void pool_report(const struct pool *p)
{
	const struct cost **list = xrealloc(NULL, p->nr_costs, sizeof(*list));
	unsigned int i, b;
	char *names;

	for (i = 0; i < p->nr_costs; i++)
		list[i] = &p->cost[i];
	qsort(list, p->nr_costs, sizeof(*list), dearest_first);
	say("%" PRIu64 " hosts, %u features lost; %u of the hosts cost the pool something that no other does%s",
	    p->nr_hosts, p->nr_lost, p->nr_costs, p->nr_costs ? ":" : "");
	for (i = 0; i < p->nr_costs; i++) {
		names = NULL;
		for (b = 0; b < list[i]->nr; b++)
			names = listed(names, bit_name(&list[i]->bit[b]));
		say("%5u by %s: %s", list[i]->nr, list[i]->host, names);
		free(names);
	}
	free(list);
}
