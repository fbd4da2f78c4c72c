/* SPDX-License-Identifier: GPL-2.0 */
/* Host dumps: kvm-level/host/1. */
#ifndef KL_HOST_H
#define KL_HOST_H

#include "words.h"

#define HOST_SCHEMA "kvm-level/host/1"

struct host {
	char *name;
	char *file;		/* where it was read */
	char vendor[13];
	u32 family, model, stepping;
	bool raw;		/* the processor's words, not KVM's offer */
	char *kernel;		/* or NULL */
	char *microcode;	/* or NULL */
	struct words words;
	struct words processor;	/* raw CPUID beside KVM's offer */
};

struct hosts {
	struct host *host;
	unsigned int nr;
};

/* Add the hosts of @path, one or many, to @hosts: 0, or -1 said why. */
int hosts_read(const char *path, struct hosts *hosts);
void hosts_free(struct hosts *hosts);

/*
 * The same one host after the other, in the order of the file, none of which
 * stays in memory: @see is called with each, and takes over what it moves out
 * of *@host; the rest is freed.  Ends when @see returns other than 0, with that.
 * What came before a bad host has been seen by then.
 */
typedef int (*host_fn)(void *ctx, struct host *host);
int hosts_each(const char *path, host_fn see, void *ctx);

/* What stream.h is made of: the same of a file that is open, and of one read as a whole. */
#define HOSTS_FILE_LIMIT (1u << 30)
int hosts_json(struct json_file *file, host_fn see, void *ctx);
int hosts_whole(const char *path, host_fn see, void *ctx);
/*
 * Leaf 0's vendor, where there is one, into @seen ("" if not) and, where none has been told,
 * into @h.  False if another has been told.
 */
bool host_vendor_fits(struct host *h, char seen[13]);
void host_free(struct host *h);

/* What this host's KVM offers before any levelling: 0, or -1 said why. */
int host_offer(struct words *offer);
/* This host, in full. */
int host_self(struct host *h);
void host_write(struct json_out *o, const struct host *h);

#endif /* KL_HOST_H */
