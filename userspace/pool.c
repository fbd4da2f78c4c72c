// SPDX-License-Identifier: GPL-2.0
#include "kvm.h"
#include "pool.h"

/* Of a host, what its pool needs. */
struct digest {
	struct trapped trapped;
	unsigned int nr;
	struct filled filled[];
};

void pool_warn(struct pool *p, char *text)
{
	unsigned int i;

	for (i = 0; i < p->nr_warnings; i++) {
		if (!strcmp(p->warning[i], text)) {
			free(text);
			return;
		}
	}
	p->warning = xrealloc(p->warning, p->nr_warnings + 1, sizeof(*p->warning));
	p->warning[p->nr_warnings++] = text;
}

static void see_warning(void *ctx, char *text)
{
	pool_warn(ctx, text);
}

void pool_begin(struct pool *p, const struct pool_wish *wish)
{
	*p = (struct pool){ .wish = *wish };
	p->roster = roster_new();
	p->claims = claims_new();
	p->namesakes = namesakes_new();
	snprintf(p->baseline.name, sizeof(p->baseline.name), "%s", wish->name);
}

void pool_free(struct pool *p)
{
	roster_free(p->roster);
	claims_free(p->claims);
	traps_free(&p->traps);
	namesakes_free(p->namesakes);
	free(p->asked);
	free(p->lost);
	while (p->nr_costs) {
		free(p->cost[--p->nr_costs].host);
		free(p->cost[p->nr_costs].bit);
	}
	free(p->cost);
	while (p->nr_warnings)
		free(p->warning[--p->nr_warnings]);
	free(p->warning);
	free(p->first);
	baseline_free(&p->baseline);
	*p = (struct pool){ 0 };
}

static void *make_digest(const struct host *h)
{
	const struct kl_set set = words_set(&h->words);
	struct filled filled[SLOTS_MAX];
	unsigned int nr = slots_fill(&set, filled);
	struct digest *d = xrealloc(NULL, 1, sizeof(*d) + nr * sizeof(*filled));

	d->trapped = traps_of(h);
	d->nr = nr;
	memcpy(d->filled, filled, nr * sizeof(*filled));
	return d;
}

/* Leaf 0 has the first slots of all. */
static void vendor_words(const struct digest *d, u32 *words)
{
	const struct slot *slot;
	unsigned int i;

	slot = slots(&i);
	memset(words, 0, 3 * sizeof(*words));
	for (i = 0; i < d->nr && !slot[d->filled[i].slot].msr && !slot[d->filled[i].slot].leaf; i++)
		if (slot[d->filled[i].slot].reg)
			words[slot[d->filled[i].slot].reg - 1] = filled_value(&d->filled[i]);
}

static struct filled filled(unsigned int slot, u32 value)
{
	return (struct filled){ .slot = slot, .high = value >> 16, .low = value };
}

/* The host's words as if the wished vendor had made it. */
static unsigned int with_vendor(const struct digest *d, const char *vendor, struct filled *out)
{
	/* EBX, ECX, EDX of leaf 0; the string goes EBX, EDX, ECX. */
	static const unsigned int from[] = { 0, 8, 4 };
	const struct slot *slot;
	unsigned int i = 0, n = 0, r;
	u32 word, max = 0;

	slot = slots(&r);
	for (; i < d->nr && !slot[d->filled[i].slot].msr && !slot[d->filled[i].slot].leaf; i++)
		if (!slot[d->filled[i].slot].reg)
			max = filled_value(&d->filled[i]);
	out[n++] = filled(0, max);
	for (r = 0; r < ARRAY_SIZE(from); r++) {
		memcpy(&word, vendor + from[r], sizeof(word));
		out[n++] = filled(1 + r, word);
	}
	memcpy(out + n, d->filled + i, (d->nr - i) * sizeof(*out));
	return n + d->nr - i;
}

/* The index of the host's vendor among those of the pool; -1 said why it can't be in it. */
static int check_vendor(struct pool *p, const struct host *h, const struct digest *d)
{
	struct kl_place at = { .kind = KL_PLACE_CPUID, .why = "vendors differ" };
	unsigned int i;
	u32 words[3];
	char *text;

	vendor_words(d, words);
	if (!p->nr_hosts) {
		p->first = xprintf("%s", h->name);
		memcpy(p->first_vendor, h->vendor, sizeof(p->first_vendor));
		memcpy(p->first_words, words, sizeof(words));
	}
	for (i = 0; i < 3 && words[i] == p->first_words[i]; i++)
		;
	if (i < 3 && !p->wish.vendor) {
		at.reg = KL_EBX + i;
		text = place_text(&at);
		say("%s (%s) and %s (%s) can't be in one pool: %s", p->first, p->first_vendor,
		    h->name, h->vendor, text);
		free(text);
		return -1;
	}
	for (i = 0; i < p->nr_vendors && strcmp(p->vendor[i], h->vendor); i++)
		;
	if (i == ARRAY_SIZE(p->vendor)) {
		say("%s (%s): a pool of more than %zu vendors", h->name, h->vendor,
		    ARRAY_SIZE(p->vendor));
		return -1;
	}
	if (i == p->nr_vendors)
		memcpy(p->vendor[p->nr_vendors++], h->vendor, sizeof(*p->vendor));
	if (p->wish.vendor && !p->signature_known && !strcmp(h->vendor, p->wish.vendor)) {
		p->signature_known = true;
		if (!p->wish.has_signature) {
			p->wish.family = h->family;
			p->wish.model = h->model;
			p->wish.stepping = h->stepping;
		}
	}
	p->nr_of_vendor[i]++;
	return i;
}

/* Raw CPUID is not what KVM offers: the pool would promise what no guest can be given. */
static int check_source(struct pool *p, const struct host *h)
{
	p->nr_raw += h->raw;
	if (!h->raw || p->wish.raw_ok)
		return 0;
	say("%s: \"%s\" is the processor's raw CPUID, not what KVM offers there: make a dump with \"levelctl host dump\", or say --raw-ok",
	    h->file, h->name);
	return -1;
}

/* So many hosts below the level are named, one a line. */
#define BELOW_NAMED	20

/* What the host lacks of the level is said; the pool falls when all hosts have been seen. */
static void check_level(struct pool *p, const struct host *h)
{
	const struct kl_set set = words_set(&h->words);
	char *why = level_misfit(p->wish.level, p->wish.vendor ? p->wish.vendor : h->vendor, &set);

	if (!why)
		return;
	if (p->nr_below++ < BELOW_NAMED)
		say("%s %s", h->name, why);
	free(why);
}

static int add_words(struct pool *p, const struct host *h, const struct digest *d, u32 kin)
{
	struct newcomer who = { .number = p->nr_hosts, .name = h->name, .kin = kin };
	struct filled other[SLOTS_MAX + 4];
	const struct filled *f = d->filled;
	unsigned int nr = d->nr;
	struct kl_place at = { 0 };
	char *text;
	int seen;

	seen = roster_add(p->roster, f, nr, h->name);
	if (seen < 0)
		return -1;
	/* Its like has been there twice. */
	if (seen > 2)
		return 0;
	if (p->wish.vendor) {
		nr = with_vendor(d, p->wish.vendor, other);
		f = other;
	}
	if (!claims_add(p->claims, f, nr, &who, &at))
		return 0;
	text = place_text(&at);
	say("%s: %s", h->name, text);
	free(text);
	return -1;
}

static int take(void *ctx, struct host *h, void *made)
{
	struct pool *p = ctx;
	struct digest *d = made;
	int kin, err;
	char *text;

	err = check_source(p, h);
	kin = err ? -1 : check_vendor(p, h, d);
	if (kin >= 0)
		err = add_words(p, h, d, kin);
	if (kin >= 0 && !err && p->wish.level)
		check_level(p, h);
	if (kin >= 0 && !err) {
		traps_add(&p->traps, &d->trapped, h->name);
		text = namesakes_add(p->namesakes, h, d->filled, d->nr);
		if (text)
			pool_warn(p, text);
		p->nr_hosts++;
	}
	free(d);
	return kin < 0 || err ? -1 : 0;
}

struct host_sink pool_sink(struct pool *p)
{
	return (struct host_sink){ .work = make_digest, .take = take, .ctx = p };
}

int pool_add(struct pool *p, const struct host *h)
{
	struct host same = *h;

	return take(p, &same, make_digest(h));
}

/* How many of the hosts, but for one of vendor @but (-1: none), are not what guests see? */
static u64 strangers(const struct pool *p, int but)
{
	unsigned int i;
	u64 nr = 0;

	for (i = 0; p->wish.vendor && i < p->nr_vendors; i++)
		if (strcmp(p->vendor[i], p->wish.vendor))
			nr += p->nr_of_vendor[i] - ((int)i == but);
	return nr;
}

static void close_sum(const struct pool *p, struct kl_acc *acc, bool hypercalls)
{
	unsigned int i;

	for (i = 0; !hypercalls && i < acc->nr_leaves; i++)
		if (acc->leaf[i].leaf == KVM_FEATURES)
			acc->leaf[i].r[KL_EAX] &= ~KVM_HYPERCALLS;
	kl_close(acc);
	if (p->wish.level)
		level_cap(p->wish.level, acc);
}

/* Each host may have all of the level; but layouts that differ cost features, too. */
static int check_sum(const struct pool *p, const struct kl_acc *acc)
{
	const struct level *level = p->wish.level;
	const struct kl_set set = kl_acc_set(acc);
	char *names;

	if (p->nr_below > BELOW_NAMED)
		say("... and %llu more", (unsigned long long)(p->nr_below - BELOW_NAMED));
	if (p->nr_below) {
		say("the pool can't have level %s: %llu of %llu hosts are below it", level->name,
		    (unsigned long long)p->nr_below, (unsigned long long)p->nr_hosts);
		return -1;
	}
	names = level ? level_lacks(level, &set) : NULL;
	if (!names)
		return 0;
	say("the pool can't have level %s: what these features need is not there, or differs from host to host: %s",
	    level->name, names);
	free(names);
	return -1;
}

static int to_baseline(struct pool *p, const struct kl_acc *acc)
{
	const struct kl_set set = kl_acc_set(acc);
	struct baseline *b = &p->baseline;
	struct kl_place at = { 0 };
	unsigned int i;
	char *text;

	for (i = 0; i < set.nr_leaves; i++)
		words_add_leaf(&b->def, &set.leaf[i]);
	for (i = 0; i < set.nr_msrs; i++)
		words_add_msr(&b->def, set.msr[i].index, set.msr[i].value);
	memcpy(b->vendor, p->wish.vendor ? p->wish.vendor : p->first_vendor, sizeof(b->vendor));
	if (!kl_set_check(&set, &at))
		return 0;
	/* The core's own rules say otherwise than its own sum: nothing to hand to an operator. */
	text = place_text(&at);
	say("the pool's words don't hold together: %s", text);
	free(text);
	return -1;
}

/* The guests' identity is a choice where it is not that of every host. */
static int to_identity(struct pool *p)
{
	struct identity *id = &p->baseline.identity;
	unsigned int i;

	if (!strangers(p, -1)) {
		if (p->wish.has_signature)
			say("warning: every host is a %s: guests are shown what it is, not the --identity",
			    p->wish.vendor);
		return 0;
	}
	if (!p->wish.has_signature && !p->signature_known) {
		say("no host is a %s, to take family, model and stepping from: say --identity",
		    p->wish.vendor);
		return -1;
	}
	id->family = p->wish.family;
	id->model = p->wish.model;
	id->stepping = p->wish.stepping;
	for (i = 0; i < p->nr_vendors; i++)
		memcpy(id->vendor[id->nr_vendors++], p->vendor[i], sizeof(*id->vendor));
	return 0;
}

static void fill_words(const struct kl_set *set, u32 *words)
{
	struct filled f[SLOTS_MAX];
	unsigned int nr = slots_fill(set, f), i;

	memset(words, 0, SLOTS_MAX * sizeof(*words));
	for (i = 0; i < nr; i++)
		words[f[i].slot] = filled_value(&f[i]);
}

struct costs {
	struct pool *p;
	const u32 *kept;
};

static void see_others(void *ctx, const struct newcomer *who, struct kl_acc *others)
{
	struct costs *c = ctx;
	struct cost cost = { 0 };
	unsigned int nr, i;
	const struct slot *slot = slots(&nr);
	u32 words[SLOTS_MAX], bits;
	struct kl_set set;

	close_sum(c->p, others, !strangers(c->p, who->kin));
	set = kl_acc_set(others);
	fill_words(&set, words);
	for (i = 0; i < nr; i++) {
		for (bits = words[i] & ~c->kept[i] & slot[i].and_bits; bits; bits &= bits - 1) {
			struct bit_place at = slot_bit(&slot[i], __builtin_ctz(bits));

			if (feature_is_copy(&at))
				continue;
			cost.bit = xrealloc(cost.bit, cost.nr + 1, sizeof(*cost.bit));
			cost.bit[cost.nr++] = at;
		}
	}
	if (!cost.nr)
		return;
	cost.host = xprintf("%s", who->name);
	c->p->cost = xrealloc(c->p->cost, c->p->nr_costs + 1, sizeof(cost));
	c->p->cost[c->p->nr_costs++] = cost;
}

int pool_finish(struct pool *p)
{
	static const struct kl_bit vmx = { 0x1, 0, KL_ECX, 5 };
	struct kl_place at = { 0 };
	u32 kept[SLOTS_MAX];
	struct costs costs = { p, kept };
	struct kl_set set;
	struct kl_acc acc;
	char *text;

	if (!p->nr_hosts) {
		say("there is no host in this pool");
		return -1;
	}
	if (claims_sum(p->claims, &acc, &at)) {
		text = place_text(&at);
		say("the pool's words are too many: %s", text);
		free(text);
		return -1;
	}
	close_sum(p, &acc, !strangers(p, -1));
	if (check_sum(p, &acc) || to_baseline(p, &acc) || to_identity(p))
		return -1;
	set = words_set(&p->baseline.def);
	fill_words(&set, kept);
	claims_without(p->claims, see_others, &costs);
	if (pool_find_lost(p, kept, strangers(p, -1)))
		return -1;
	/* Nobody need mind what the pool has not. */
	if (!kl_set_has(&set, &vmx))
		p->traps.hosts[TRAP_VMX_MSRS].nr = 0;
	traps_tell(&p->traps, see_warning, p);
	return pool_tell(p);
}

int pool_compute(struct pool *p, const struct hosts *hosts, const char *name)
{
	/* Its callers have asked for sources already. */
	const struct pool_wish wish = { .name = name, .raw_ok = true, .most_names = POOL_NAMES };
	unsigned int i;
	int err = 0;

	pool_begin(p, &wish);
	for (i = 0; i < hosts->nr && !err; i++)
		err = pool_add(p, &hosts->host[i]);
	if (!err)
		err = pool_finish(p);
	if (err)
		pool_free(p);
	return err;
}
