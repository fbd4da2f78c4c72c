/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whatever describes a host beside kvm-level/host/1, told apart by content:
 *
 *	text	"cpuid -r"; InstLatx64's and AIDA64's dumps; Xen's featuresets
 *	XML	libvirt's <cpudata>
 *	JSON	QEMU's answer to query-cpu-model-expansion; Firecracker's fingerprint and
 *		CPU template
 */
#ifndef KL_FORMATS_H
#define KL_FORMATS_H

#include "build.h"

/* A text of thousands of CPUs has 50 MB; no file has several such hosts. */
#define FORMATS_TEXT_LIMIT	(64u << 20)
#define FORMATS_XML_LIMIT	(8u << 20)

/*
 * How many bytes a file may have that begins like this, if it is for formats_read();
 * 0: it begins like JSON, or with nothing.
 */
size_t formats_limit(const char *bytes, size_t len);

/*
 * The hosts of a file that has been read, with a 0 behind it, into @sink: what that says, or
 * -1 said why.
 */
int formats_read(const char *name, const char *bytes, size_t len, const struct sink *sink);

/* A text of any format. */
int formats_text(const struct text *t, const struct sink *sink);

/*
 * A JSON value of QEMU's or Firecracker's: 1, and @h is filled; FORMATS_NOTHING, if such a
 * program says it, but of no CPU; 0: it is neither's. -1: said why.
 */
#define FORMATS_NOTHING 2
int formats_json(const struct json_file *file, const struct json *root, struct host *h);

/* One reader a format. @begins: is this line one of the format's? */
bool cpuid_r_begins(const struct line *line);
int cpuid_r_read(const struct text *t, const struct sink *sink);
bool instlat_begins(const struct line *line);
int instlat_read(const struct text *t, const struct sink *sink);
bool xen_begins(const struct line *line);
int xen_read(const struct text *t, const struct sink *sink);
int libvirt_read(const struct text *t, const struct sink *sink);

/* As formats_json(). */
int qemu_read(const struct json_file *file, const struct json *root, struct host *h);
int firecracker_read(const struct json_file *file, const struct json *root, struct host *h);

#endif /* KL_FORMATS_H */
