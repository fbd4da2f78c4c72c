// SPDX-License-Identifier: GPL-2.0
/*
 * What is this file? The first byte that is no blank tells JSON, XML and text apart; of
 * texts, their lines tell. No file is of two formats.
 */
#include "formats.h"

static const struct text_format {
	const char *name;
	bool (*begins)(const struct line *line);
	int (*read)(const struct text *t, const struct sink *sink);
} text_formats[] = {
	{ "cpuid -r's output", cpuid_r_begins, cpuid_r_read },
	{ "a dump of InstLatx64's or AIDA64's", instlat_begins, instlat_read },
	/* Last, for its words stand in InstLatx64's rows, too. */
	{ "a featureset of Xen's", xen_begins, xen_read },
};

static const struct text_format *format_of(const struct line *line)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(text_formats); i++)
		if (text_formats[i].begins(line))
			return &text_formats[i];
	return NULL;
}

int formats_text(const struct text *t, const struct sink *sink)
{
	const struct text_format *format = NULL, *other;
	struct line line = { 0 };
	unsigned int nr = 0;

	while (text_line(t, &line)) {
		other = format_of(&line);
		if (!other || other == format)
			continue;
		if (format)
			return text_bad(t, line.nr, "this is of %s, but line %u is of %s: a file has one format",
					other->name, nr, format->name);
		format = other;
		nr = line.nr;
	}
	if (!format)
		return text_bad(t, 0, "this is no host in any format that levelctl reads (kvm-level/host/1; cpuid -r; InstLatx64 and AIDA64; libvirt's cpudata; QEMU's query-cpu-model-expansion; Firecracker's fingerprint and CPU template; Xen's featureset)");
	return format->read(t, sink);
}

/* The first byte that is no blank; 0 where there is none. */
static char first_byte(const char *bytes, size_t len)
{
	size_t i = 0;

	if (len >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
		i = 3;
	while (i < len && bytes[i] && strchr(" \t\r\n", bytes[i]))
		i++;
	return i < len ? bytes[i] : 0;
}

size_t formats_limit(const char *bytes, size_t len)
{
	char first = first_byte(bytes, len);

	if (!first || first == '{' || first == '[')
		return 0;
	return first == '<' ? FORMATS_XML_LIMIT : FORMATS_TEXT_LIMIT;
}

int formats_read(const char *name, const char *bytes, size_t len, const struct sink *sink)
{
	const struct text t = { .name = name, .bytes = bytes, .len = len };

	if (text_check(&t))
		return -1;
	return first_byte(bytes, len) == '<' ? libvirt_read(&t, sink) : formats_text(&t, sink);
}

int formats_json(const struct json_file *file, const struct json *root, struct host *h)
{
	int ret;

	/* A hundred thousand of our own come through here. */
	if (json_kind(root) != JSON_OBJECT || json_get(root, "cpuid"))
		return 0;
	ret = firecracker_read(file, root, h);
	return ret ? ret : qemu_read(file, root, h);
}
