// SPDX-License-Identifier: GPL-2.0
/* See fleet.h.  The rows come from kl_close(), the same core that makes baselines. */
#include "fleet.h"
#include "progress.h"

#define LEAF_XSAVE 0xdu

/* One word that a host gives: features, or a layout. */
struct item {
	u32 leaf;	/* CPUID leaf, or MSR index */
	u32 subleaf;
	u32 type;	/* a register, or one of these */
	u32 vendor;
	u64 a, b;	/* features: a; a layout: EAX and EBX, ECX and EDX */
};

enum { ITEM_MSR = KL_NR_REGS, ITEM_LAYOUT };

struct items {
	struct item *item;
	unsigned int nr, room;
};

/* While the fleet is built: the items of each kind, and where to find a kind. */
struct build {
	struct fleet *f;
	struct items *items;	/* per kind */
	unsigned int *slot;	/* hash table of kind + 1 */
	unsigned int nr_slots;
};

static void add_item(struct items *list, const struct item *it)
{
	if (list->nr == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->item = xrealloc(list->item, list->room, sizeof(*list->item));
	}
	list->item[list->nr++] = *it;
}

static unsigned int vendor_index(struct fleet *f, const struct kl_set *set)
{
	static const struct kl_leaf nothing;
	const struct kl_leaf *l = kl_set_leaf(set, 0, 0);
	char name[13] = "unknown";
	unsigned int i;

	l = l ? l : &nothing;
	if (l->r[KL_EBX] | l->r[KL_EDX] | l->r[KL_ECX]) {
		memcpy(name, &l->r[KL_EBX], 4);
		memcpy(name + 4, &l->r[KL_EDX], 4);
		memcpy(name + 8, &l->r[KL_ECX], 4);
	}
	/* It comes from a file, and is going to a terminal. */
	for (i = 0; i < sizeof(name) - 1; i++)
		if ((name[i] && name[i] < ' ') || name[i] > '~')
			name[i] = '?';
	name[12] = '\0';
	for (i = 0; i < f->nr_vendors; i++)
		if (!memcmp(f->vendor[i], name, sizeof(name)))
			return i;
	f->vendor = xrealloc(f->vendor, f->nr_vendors + 1, sizeof(*f->vendor));
	memcpy(f->vendor[f->nr_vendors], name, sizeof(name));
	return f->nr_vendors++;
}

static void leaf_items(struct items *list, const struct kl_leaf *l)
{
	const struct kl_shape *shape = kl_shape_find(l->leaf, l->subleaf);
	struct item it = { .leaf = l->leaf, .subleaf = l->subleaf };
	u64 eq[KL_NR_REGS];
	unsigned int r, b;

	for (r = 0; r < KL_NR_REGS; r++) {
		struct bit_place at = { .leaf = l->leaf, .subleaf = l->subleaf, .reg = r };

		it.type = r;
		it.a = l->r[r] & shape->r[r].and_bits;
		for (b = 0; b < 32; b++) {
			at.bit = b;
			if (feature_is_copy(&at))
				it.a &= ~(1ull << b);
		}
		if (it.a)
			add_item(list, &it);
		eq[r] = l->r[r] & shape->r[r].equal_bits;
	}
	it.type = ITEM_LAYOUT;
	it.a = eq[KL_EAX] << 32 | eq[KL_EBX];
	it.b = eq[KL_ECX] << 32 | eq[KL_EDX];
	if (it.a | it.b)
		add_item(list, &it);
}

/* What @h gives as a pool of its own: 0, or -1 said why. */
static int host_items(struct fleet *f, const struct host *h, struct items *list)
{
	const struct kl_set words = words_set(&h->words);
	struct item vendor = { .type = ITEM_MSR };
	struct kl_place at = { 0 };
	struct kl_acc acc;
	unsigned int i;
	char *text;
	int err;

	err = kl_acc_init(&acc, &words, &at);
	if (err) {
		text = place_text(&at);
		say("%s: %s: %s", h->file, h->name, at.kind ? text : strerror(-err));
		free(text);
		return -1;
	}
	kl_close(&acc);
	list->nr = 0;
	vendor.vendor = vendor_index(f, &words);
	add_item(list, &vendor);
	for (i = 0; i < acc.nr_leaves; i++)
		leaf_items(list, &acc.leaf[i]);
	for (i = 0; i < acc.nr_msrs; i++) {
		struct item it = { .leaf = acc.msr[i].index, .type = ITEM_MSR };

		it.a = acc.msr[i].value & kl_msr_shape_find(it.leaf)->and_bits;
		if (it.a)
			add_item(list, &it);
	}
	return 0;
}

/* FNV-1a over whole words; items have no padding. */
static u64 hash_items(const struct items *list)
{
	const u64 *word = (const u64 *)list->item;
	size_t i, nr = list->nr * sizeof(*list->item) / sizeof(*word);
	u64 hash = 0xcbf29ce484222325ull;

	for (i = 0; i < nr; i++) {
		hash = (hash ^ word[i]) * 0x100000001b3ull;
		hash ^= hash >> 32;
	}
	return hash;
}

static_assert(sizeof(struct item) == 4 * sizeof(u32) + 2 * sizeof(u64), "no padding");

/* The slot of the kind with these items, or the empty one where it belongs. */
static unsigned int *find_slot(struct build *b, const struct items *list)
{
	unsigned int i = hash_items(list) % b->nr_slots;
	const struct items *other;

	for (; b->slot[i]; i = (i + 1) % b->nr_slots) {
		other = &b->items[b->slot[i] - 1];
		if (other->nr == list->nr &&
		    !memcmp(other->item, list->item, list->nr * sizeof(*list->item)))
			break;
	}
	return &b->slot[i];
}

static void add_host(struct build *b, unsigned int host, const struct items *list)
{
	unsigned int *slot = find_slot(b, list);
	struct fleet *f = b->f;
	struct kind *k;

	if (!*slot) {
		struct items *own = &b->items[f->nr_kinds];

		*own = (struct items){ .nr = list->nr, .room = list->nr };
		own->item = xrealloc(NULL, list->nr, sizeof(*list->item));
		memcpy(own->item, list->item, list->nr * sizeof(*list->item));
		f->kind[f->nr_kinds] = (struct kind){ .vendor = list->item[0].vendor };
		*slot = ++f->nr_kinds;
	}
	k = &f->kind[*slot - 1];
	if (!(k->nr_hosts & (k->nr_hosts - 1)))
		k->host = xrealloc(k->host, k->nr_hosts ? 2 * k->nr_hosts : 1, sizeof(*k->host));
	k->host[k->nr_hosts++] = host;
	f->kind_of[host] = *slot - 1;
}

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	u64 kx = (u64)x->leaf << 32 | x->subleaf, ky = (u64)y->leaf << 32 | y->subleaf;

	bool mx = x->type == ITEM_MSR, my = y->type == ITEM_MSR;

	/* MSRs stand behind all of CPUID. */
	if (mx != my)
		return mx ? 1 : -1;
	if (kx != ky)
		return kx < ky ? -1 : 1;
	return (int)x->type - (int)y->type;
}

/* Every word that a kind has, once, with all the bits that any has. */
static struct items unite(const struct build *b)
{
	struct items all = { 0 };
	unsigned int k, i, n = 0;

	for (k = 0; k < b->f->nr_kinds; k++) {
		for (i = 1; i < b->items[k].nr; i++)
			add_item(&all, &b->items[k].item[i]);
		/* Thousands of kinds have the same few hundred words. */
		if (!all.nr || (all.nr < 65536 && k + 1 < b->f->nr_kinds))
			continue;
		qsort(all.item, all.nr, sizeof(*all.item), compare_items);
		for (i = 1, n = 0; i < all.nr; i++) {
			if (!compare_items(&all.item[n], &all.item[i]))
				all.item[n].a |= all.item[i].a;
			else
				all.item[++n] = all.item[i];
		}
		all.nr = n + 1;
	}
	return all;
}

/* @all, without layouts, becomes the list of features; first[i] is the bit of item i. */
static void list_features(struct fleet *f, const struct items *all, unsigned int *first)
{
	unsigned int i, bit;

	for (i = 0; i < all->nr; i++) {
		const struct item *it = &all->item[i];
		bool msr = it->type == ITEM_MSR;

		first[i] = f->nr_features;
		if (it->type == ITEM_LAYOUT)
			continue;
		for (bit = 0; bit < 64; bit++) {
			if (!(it->a >> bit & 1))
				continue;
			if (!(f->nr_features & (f->nr_features - 1)))
				f->feature = xrealloc(f->feature,
						      f->nr_features ? 2 * f->nr_features : 1,
						      sizeof(*f->feature));
			f->feature[f->nr_features++] = (struct bit_place){
				.msr = msr, .leaf = it->leaf, .subleaf = it->subleaf,
				.reg = msr ? 0 : it->type, .bit = bit,
			};
		}
	}
}

static const struct item *find_item(const struct items *list, const struct item *like)
{
	unsigned int i;

	for (i = 1; i < list->nr; i++)
		if (!compare_items(&list->item[i], like))
			return &list->item[i];
	return NULL;
}

/* The layouts of the leaf of @like: their numbers into @value per kind; how many there are. */
static unsigned int count_layouts(const struct build *b, const struct item *like,
				  unsigned int *value)
{
	static const struct item none;
	const struct item **seen = NULL;
	unsigned int k, i, nr = 0;

	for (k = 0; k < b->f->nr_kinds; k++) {
		const struct item *it = find_item(&b->items[k], like);

		it = it ? it : &none;
		for (i = 0; i < nr; i++)
			if (seen[i]->a == it->a && seen[i]->b == it->b)
				break;
		if (i == nr) {
			seen = xrealloc(seen, nr + 1, sizeof(*seen));
			seen[nr++] = it;
		}
		value[k] = i;
	}
	free(seen);
	return nr;
}

static bool same_bit(const struct bit_place *at, const struct kl_bit *bit)
{
	return !at->msr && at->leaf == bit->leaf && at->subleaf == bit->subleaf &&
	       at->reg == bit->reg && at->bit == bit->bit;
}

/* Does @at say that the XSAVE component @n is there, or something of it? */
static bool is_component(const struct bit_place *at, u32 n)
{
	bool high = n >= 32;

	if (at->msr || at->leaf != LEAF_XSAVE)
		return false;
	if (at->subleaf == n)
		return true;
	if (at->subleaf == 0)
		return at->reg == (high ? KL_EDX : KL_EAX) && at->bit == n % 32;
	return at->subleaf == 1 && at->reg == (high ? KL_EDX : KL_ECX) && at->bit == n % 32;
}

/* Does @at go when one of the features @gone does? */
static bool needs_gone(const struct fleet *f, const struct bit_place *at, const u64 *gone)
{
	const struct kl_bit *gate = at->msr ? &kl_msr_shape_find(at->leaf)->gate :
				    &kl_shape_find(at->leaf, at->subleaf)->gate;
	unsigned int i, d;

	for (i = 0; i < f->nr_features; i++) {
		if (!row_has(gone, i))
			continue;
		if (gate->leaf && same_bit(&f->feature[i], gate))
			return true;
		for (d = 0; d < kl_nr_deps; d++)
			if (same_bit(at, &kl_deps[d].feature) &&
			    same_bit(&f->feature[i], &kl_deps[d].needs))
				return true;
	}
	return false;
}

/* What goes when the layouts of the leaf of @like differ, with all that needs it. */
static void find_taken(const struct fleet *f, const struct item *like, u64 *takes)
{
	const struct kl_shape *shape = kl_shape_find(like->leaf, like->subleaf);
	bool changed;
	unsigned int i;

	for (i = 0; i < f->nr_features; i++)
		if (like->leaf == LEAF_XSAVE ? is_component(&f->feature[i], like->subleaf) :
		    same_bit(&f->feature[i], &shape->gate))
			row_set(takes, i);
	do {
		changed = false;
		for (i = 0; i < f->nr_features; i++) {
			if (row_has(takes, i) || !needs_gone(f, &f->feature[i], takes))
				continue;
			row_set(takes, i);
			changed = true;
		}
	} while (changed);
}

/* A leaf with more than one layout: its bits, at the end of the rows. */
struct varied {
	struct item like;
	unsigned int *value;	/* of each kind */
	unsigned int nr, first;
};

static struct varied *list_layouts(struct build *b, const struct items *all, unsigned int *nr)
{
	struct fleet *f = b->f;
	struct varied *list = NULL;
	unsigned int i;

	*nr = 0;
	f->nr_bits = f->nr_features;
	for (i = 0; i < all->nr; i++) {
		struct varied v = { .like = all->item[i] };

		if (v.like.type != ITEM_LAYOUT)
			continue;
		v.value = xrealloc(NULL, f->nr_kinds, sizeof(*v.value));
		v.nr = count_layouts(b, &v.like, v.value);
		if (v.nr < 2) {
			free(v.value);
			continue;
		}
		v.first = f->nr_bits;
		f->nr_bits += v.nr;
		list = xrealloc(list, *nr + 1, sizeof(*list));
		list[(*nr)++] = v;
	}
	return list;
}

u64 *fleet_row(const struct fleet *f)
{
	u64 *row = xrealloc(NULL, f->words, sizeof(*row));

	memset(row, 0, f->words * sizeof(*row));
	return row;
}

static void set_layouts(struct fleet *f, struct varied *list, unsigned int nr)
{
	unsigned int i, k, b;

	f->layout = xrealloc(NULL, nr, sizeof(*f->layout));
	f->nr_layouts = nr;
	for (i = 0; i < nr; i++) {
		f->layout[i] = (struct layout){ fleet_row(f), fleet_row(f), list[i].first / 64,
						(list[i].first + list[i].nr - 1) / 64 };
		for (b = 0; b < list[i].nr; b++)
			row_set(f->layout[i].values, list[i].first + b);
		find_taken(f, &list[i].like, f->layout[i].takes);
		for (k = 0; k < f->nr_kinds; k++)
			row_set(f->kind[k].row, list[i].first + list[i].value[k]);
		free(list[i].value);
	}
	free(list);
}

/* The items of a kind are in the order of @all, but for MSRs, which come last in both. */
static void fill_row(struct kind *k, const struct items *own, const struct items *all,
		     const unsigned int *first)
{
	unsigned int i, n = 0, bit;

	for (i = 1; i < own->nr; i++) {
		const struct item *it = &own->item[i];
		unsigned int at;

		while (compare_items(&all->item[n], it))
			n++;
		at = first[n];
		if (it->type == ITEM_LAYOUT)
			continue;
		for (bit = 0; bit < 64; bit++) {
			if (it->a >> bit & 1) {
				row_set(k->row, at);
				k->given++;
			}
			at += all->item[n].a >> bit & 1;
		}
	}
}

static void make_rows(struct build *b)
{
	struct items all = unite(b);
	struct fleet *f = b->f;
	unsigned int *first = xrealloc(NULL, all.nr, sizeof(*first));
	struct varied *varied;
	unsigned int k, nr;

	list_features(f, &all, first);
	varied = list_layouts(b, &all, &nr);
	f->words = (f->nr_bits + 63) / 64;
	f->words = f->words ? f->words : 1;
	for (k = 0; k < f->nr_kinds; k++) {
		f->kind[k].row = fleet_row(f);
		fill_row(&f->kind[k], &b->items[k], &all, first);
	}
	set_layouts(f, varied, nr);
	free(first);
	free(all.item);
}

int fleet_build(struct fleet *f, const struct hosts *hosts)
{
	struct build b = { .f = f, .nr_slots = 2 * hosts->nr + 1 };
	struct items list = { 0 };
	unsigned int i;
	int err = 0;

	*f = (struct fleet){ .hosts = hosts };
	f->kind_of = xrealloc(NULL, hosts->nr, sizeof(*f->kind_of));
	f->kind = xrealloc(NULL, hosts->nr, sizeof(*f->kind));
	b.items = xrealloc(NULL, hosts->nr, sizeof(*b.items));
	b.slot = xrealloc(NULL, b.nr_slots, sizeof(*b.slot));
	memset(b.slot, 0, b.nr_slots * sizeof(*b.slot));
	for (i = 0; i < hosts->nr && !err; i++) {
		err = host_items(f, &hosts->host[i], &list);
		if (!err)
			add_host(&b, i, &list);
		progress("sorting hosts by what they give", i + 1, hosts->nr);
	}
	if (!err)
		make_rows(&b);
	progress_end();
	for (i = 0; i < f->nr_kinds; i++)
		free(b.items[i].item);
	free(b.items);
	free(b.slot);
	free(list.item);
	if (err)
		fleet_free(f);
	return err;
}

void fleet_free(struct fleet *f)
{
	unsigned int i;

	for (i = 0; i < f->nr_kinds; i++) {
		if (f->words)
			free(f->kind[i].row);
		free(f->kind[i].host);
	}
	for (i = 0; i < f->nr_layouts; i++) {
		free(f->layout[i].values);
		free(f->layout[i].takes);
	}
	free(f->layout);
	free(f->kind);
	free(f->kind_of);
	free(f->feature);
	free(f->vendor);
	*f = (struct fleet){ 0 };
}

void fleet_close(const struct fleet *f, u64 *row)
{
	unsigned int i, w;
	u64 left;

	for (i = 0; i < f->nr_layouts; i++) {
		const struct layout *l = &f->layout[i];

		for (left = 0, w = l->first; w <= l->last; w++)
			left |= row[w] & l->values[w];
		for (w = 0; !left && w < f->words; w++)
			row[w] &= ~l->takes[w];
	}
}

unsigned int fleet_count(const struct fleet *f, const u64 *row)
{
	unsigned int w, nr = 0, last = f->nr_features / 64;

	for (w = 0; w < last; w++)
		nr += __builtin_popcountll(row[w]);
	if (f->nr_features % 64)
		nr += __builtin_popcountll(row[last] & ((1ull << f->nr_features % 64) - 1));
	return nr;
}
