// SPDX-License-Identifier: GPL-2.0
/*
 * See generation.h.  Families and models as in Intel's and AMD's revision
 * guides and specification updates; ranges where a vendor numbers a
 * generation's models in a row.
 */
#include "generation.h"

struct row {
	const char *name;
	u32 family, first, last;	/* models, inclusive */
};

/* In the order of their appearance: a row's place is its rank. */
static const struct row amd[] = {
	{ "K7 and older", 0, 0, ~0u },
	{ "K8", 0xf, 0, ~0u },
	{ "K10", 0x10, 0, ~0u },
	{ "K10", 0x11, 0, ~0u },
	{ "K10", 0x12, 0, ~0u },
	{ "Bobcat", 0x14, 0, ~0u },
	{ "Bulldozer", 0x15, 0x00, 0x01 },
	{ "Piledriver", 0x15, 0x02, 0x1f },
	{ "Steamroller", 0x15, 0x30, 0x3f },
	{ "Excavator", 0x15, 0x60, 0x7f },
	{ "Jaguar", 0x16, 0, ~0u },
	{ "Zen", 0x17, 0x00, 0x07 },
	{ "Zen", 0x17, 0x10, 0x17 },
	{ "Zen", 0x17, 0x20, 0x2f },
	{ "Zen+", 0x17, 0x08, 0x0f },
	{ "Zen+", 0x17, 0x18, 0x1f },
	{ "Zen (Hygon)", 0x18, 0, ~0u },
	{ "Zen 2", 0x17, 0x30, 0xaf },
	{ "Zen 3", 0x19, 0x00, 0x0f },
	{ "Zen 3", 0x19, 0x20, 0x5f },
	{ "Zen 4", 0x19, 0x10, 0x1f },
	{ "Zen 4", 0x19, 0x60, 0xaf },
	{ "Zen 5", 0x1a, 0, ~0u },
};

static const struct row intel[] = {
	{ "486 and older", 4, 0, ~0u },
	{ "Pentium", 5, 0, 8 },
	{ "Quark", 5, 9, ~0u },
	{ "P6", 6, 0x00, 0x08 },
	{ "P6", 6, 0x0a, 0x0b },
	{ "NetBurst", 0xf, 0, ~0u },
	{ "Pentium M", 6, 0x09, 0x09 },
	{ "Pentium M", 6, 0x0d, 0x0e },
	{ "Pentium M", 6, 0x15, 0x15 },
	{ "Core 2 (65 nm)", 6, 0x0f, 0x0f },
	{ "Core 2 (65 nm)", 6, 0x16, 0x16 },
	{ "Core 2 (45 nm)", 6, 0x17, 0x17 },
	{ "Core 2 (45 nm)", 6, 0x1d, 0x1d },
	{ "Bonnell", 6, 0x1c, 0x1c },
	{ "Bonnell", 6, 0x26, 0x27 },
	{ "Saltwell", 6, 0x35, 0x36 },
	{ "Silvermont", 6, 0x37, 0x37 },
	{ "Silvermont", 6, 0x4a, 0x4a },
	{ "Silvermont", 6, 0x4c, 0x4d },
	{ "Silvermont", 6, 0x5a, 0x5d },
	{ "Silvermont", 6, 0x65, 0x65 },
	{ "Goldmont", 6, 0x5f, 0x5f },
	{ "Goldmont", 6, 0x7a, 0x7a },
	{ "Tremont", 6, 0x86, 0x86 },
	{ "Tremont", 6, 0x96, 0x96 },
	{ "Tremont", 6, 0x9c, 0x9c },
	{ "Gracemont", 6, 0xbe, 0xbe },
	{ "Knights", 6, 0x57, 0x57 },
	{ "Knights", 6, 0x85, 0x85 },
	{ "Nehalem", 6, 0x1a, 0x1a },
	{ "Nehalem", 6, 0x1e, 0x1f },
	{ "Nehalem", 6, 0x2e, 0x2e },
	{ "Westmere", 6, 0x25, 0x25 },
	{ "Westmere", 6, 0x2c, 0x2c },
	{ "Westmere", 6, 0x2f, 0x2f },
	{ "Sandy Bridge", 6, 0x2a, 0x2a },
	{ "Sandy Bridge", 6, 0x2d, 0x2d },
	{ "Ivy Bridge", 6, 0x3a, 0x3a },
	{ "Ivy Bridge", 6, 0x3e, 0x3e },
	{ "Haswell", 6, 0x3c, 0x3c },
	{ "Haswell", 6, 0x3f, 0x3f },
	{ "Haswell", 6, 0x45, 0x46 },
	{ "Broadwell", 6, 0x3d, 0x3d },
	{ "Broadwell", 6, 0x47, 0x47 },
	{ "Broadwell", 6, 0x4f, 0x4f },
	{ "Broadwell", 6, 0x56, 0x56 },
	{ "Skylake", 6, 0x4e, 0x4e },
	{ "Skylake", 6, 0x5e, 0x5e },
	{ "Skylake", 6, 0x8e, 0x8e },
	{ "Skylake", 6, 0x9e, 0x9e },
	{ "Skylake", 6, 0xa5, 0xa6 },
	{ "Goldmont", 6, 0x5c, 0x5c },
	{ "Skylake server", 6, 0x55, 0x55 },	/* Cascade Lake and Cooper Lake are steppings */
	{ "Cannon Lake", 6, 0x66, 0x66 },
	{ "Ice Lake", 6, 0x7d, 0x7e },
	{ "Ice Lake server", 6, 0x6a, 0x6a },
	{ "Ice Lake server", 6, 0x6c, 0x6c },
	{ "Lakefield", 6, 0x8a, 0x8a },
	{ "Tiger Lake", 6, 0x8c, 0x8d },
	{ "Rocket Lake", 6, 0xa7, 0xa7 },
	{ "Alder Lake", 6, 0x97, 0x97 },
	{ "Alder Lake", 6, 0x9a, 0x9a },
	{ "Sapphire Rapids", 6, 0x8f, 0x8f },
	{ "Raptor Lake", 6, 0xb7, 0xb7 },
	{ "Raptor Lake", 6, 0xba, 0xba },
	{ "Raptor Lake", 6, 0xbf, 0xbf },
	{ "Emerald Rapids", 6, 0xcf, 0xcf },
	{ "Meteor Lake", 6, 0xaa, 0xac },
	{ "Sierra Forest", 6, 0xaf, 0xaf },
	{ "Granite Rapids", 6, 0xad, 0xae },
	{ "Lunar Lake", 6, 0xbd, 0xbd },
	{ "Arrow Lake", 6, 0xb5, 0xb5 },
	{ "Arrow Lake", 6, 0xc5, 0xc6 },
	{ "Panther Lake", 6, 0xcc, 0xcc },
	{ "Clearwater Forest", 6, 0xdd, 0xdd },
};

static const struct row *find(const struct row *row, unsigned int nr, const struct host *h)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (row[i].family == h->family && h->model >= row[i].first &&
		    h->model <= row[i].last)
			return &row[i];
	return NULL;
}

/* Rows with the same name are one generation: the first one's place. */
static struct generation of_row(const struct row *rows, const struct row *found)
{
	const struct row *r = rows;

	while (strcmp(r->name, found->name))
		r++;
	return (struct generation){ .name = r->name, .rank = r - rows };
}

struct generation generation_of(const struct host *h)
{
	static char unknown[48];
	const struct row *r;

	if (!strcmp(h->vendor, "AuthenticAMD") || !strcmp(h->vendor, "HygonGenuine")) {
		if (h->family < 0xf && h->family)
			return (struct generation){ amd[0].name, 0 };
		r = find(amd, ARRAY_SIZE(amd), h);
		if (r)
			return of_row(amd, r);
	} else if (!strcmp(h->vendor, "GenuineIntel")) {
		r = find(intel, ARRAY_SIZE(intel), h);
		if (r)
			return of_row(intel, r);
	}
	snprintf(unknown, sizeof(unknown), "family %u model %u", h->family, h->model);
	return (struct generation){ unknown, ~0u };
}
