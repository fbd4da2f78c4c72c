/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What several hosts have in common, what is lost by it, and what each host costs
 * the others.  Hosts come one after the other and are not kept: begin, add, finish.
 */
#ifndef KL_POOL_H
#define KL_POOL_H

#include "baseline.h"
#include "claims.h"
#include "host.h"
#include "levels.h"
#include "names.h"
#include "namesakes.h"
#include "roster.h"
#include "stream.h"
#include "traps.h"

/*
 * A feature that more hosts lack has a number, and the first of their names: all
 * names of a fleet of 100,000 for each feature are more than a file of a baseline
 * should be, and than "baseline apply" reads.
 */
#define POOL_NAMES 1000

struct pool_wish {
	const char *name;
	bool raw_ok;		/* hosts of which only the processor's own words are known */
	/*
	 * NULL: all hosts are of one vendor, or there is no pool.  Else the vendor that
	 * guests are shown, whatever processor they run on.
	 */
	const char *vendor;
	/* With vendor: what guests are shown; else that of the vendor's first host. */
	bool has_signature;
	u32 family, model, stepping;
	const struct level *level;	/* NULL: as high as the hosts allow */
	u64 most_names;		/* of hosts for each lost feature; 0: all; usually POOL_NAMES */
};

struct lost {
	struct bit_place at;
	struct bit_place needs;	/* leaf 0: another reason; else its prerequisite went */
	bool above;		/* the pool's level */
	const char *because;	/* or NULL */
	bool untold;		/* some hosts don't tell how large its state is */
	unsigned int size;	/* with untold: of the roster, what those lack */
	unsigned int asked;	/* of the roster */
	u64 missing;		/* hosts that lack it */
};

/* What comes back if one host leaves. */
struct cost {
	char *host;
	struct bit_place *bit;
	unsigned int nr;
};

struct pool {
	struct pool_wish wish;
	struct baseline baseline;
	u64 nr_hosts, nr_raw;
	u64 nr_below;			/* the level: there will be no pool */
	char *first;			/* host: its name */
	char first_vendor[13];
	u32 first_words[3];
	char vendor[4][13];		/* all that are about */
	u64 nr_of_vendor[4];
	unsigned int nr_vendors;
	bool signature_known;

	struct roster *roster;
	struct claims *claims;
	struct traps traps;
	struct namesakes *namesakes;
	struct asked *asked;
	unsigned int nr_asked;
	struct lost *lost;
	unsigned int nr_lost;
	struct cost *cost;
	unsigned int nr_costs;
	char **warning;
	unsigned int nr_warnings;
};

void pool_begin(struct pool *p, const struct pool_wish *wish);
/* Where the hosts go: pool_sink() for hosts_stream(), pool_add() for one. */
struct host_sink pool_sink(struct pool *p);
int pool_add(struct pool *p, const struct host *h);
/* All hosts are there: 0, or -1 said why (also where there was none). */
int pool_finish(struct pool *p);

/* All of it for hosts that are in memory.  0, or -1 said why. */
int pool_compute(struct pool *p, const struct hosts *hosts, const char *name);
void pool_warn(struct pool *p, char *text);
/*
 * What is lost, and why: @kept is what the pool has in each slot, and @mixed says that it is
 * of two vendors.  0, or -1 said why; pool_finish() calls it.
 */
int pool_find_lost(struct pool *p, const u32 *kept, bool mixed);
/* The warnings that need the whole pool; pool_finish() calls it. */
int pool_tell(struct pool *p);
void pool_free(struct pool *p);

/* Its members, into the object that @o is in: 0, or -1 said why. */
int pool_write(struct json_out *o, struct pool *p);
/* About how many bytes of it are names of hosts. */
u64 pool_names_size(const struct pool *p);
/* What each host costs, as text on stderr. */
void pool_report(const struct pool *p);

#endif /* KL_POOL_H */
