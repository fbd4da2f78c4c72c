/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hosts as rows of bits: what plan and matrix count with.  A bit is a feature
 * that a host gives its guests when it is a pool of its own, so that a pool's
 * features are the AND of its hosts' rows; hosts with the same row are one kind.
 *
 * One thing is not a plain AND: where two hosts describe a feature in another
 * layout (the place of an XSAVE component, AMX palettes), the pool loses it,
 * although both have it.  Each layout that is about is a bit more in the row,
 * and when none of a leaf's is left, what needs that leaf goes.
 */
#ifndef KL_FLEET_H
#define KL_FLEET_H

#include "host.h"
#include "names.h"

/* Hosts that give exactly the same features. */
struct kind {
	u64 *row;
	unsigned int *host;	/* indices of hosts, in their order */
	unsigned int nr_hosts;
	unsigned int vendor;	/* index */
	unsigned int given;	/* features in the row */
};

/* A leaf of which hosts have different layouts. */
struct layout {
	u64 *values;	/* the bits that stand for its layouts */
	u64 *takes;	/* the features that go when none of them is left */
	unsigned int first, last;	/* words with @values: plan asks a million times */
};

struct fleet {
	const struct hosts *hosts;
	char (*vendor)[13];
	unsigned int nr_vendors;
	/* Features come first, in the order of leaves and bits, then layouts. */
	struct bit_place *feature;
	unsigned int nr_features;
	unsigned int nr_bits;
	unsigned int words;	/* of a row */
	struct layout *layout;
	unsigned int nr_layouts;
	struct kind *kind;	/* by the first host of each */
	unsigned int nr_kinds;
	unsigned int *kind_of;	/* host -> kind */
};

/* @hosts must stay.  0, or -1 said why. */
int fleet_build(struct fleet *f, const struct hosts *hosts);
/* The same kinds of @f, with only the features in which pools of one vendor can differ. */
void fleet_differing(struct fleet *small, const struct fleet *f);
void fleet_free(struct fleet *f);

static inline bool row_has(const u64 *row, unsigned int bit)
{
	return row[bit / 64] >> (bit % 64) & 1;
}

static inline void row_set(u64 *row, unsigned int bit)
{
	row[bit / 64] |= 1ull << (bit % 64);
}

/* A row of zeroes, the caller's to free. */
u64 *fleet_row(const struct fleet *f);
/* @row, an AND of rows, without what its layouts take. */
void fleet_close(const struct fleet *f, u64 *row);
/* The features in a row. */
unsigned int fleet_count(const struct fleet *f, const u64 *row);

#endif /* KL_FLEET_H */
