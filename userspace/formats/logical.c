// SPDX-License-Identifier: GPL-2.0
/* A fleet and a host whose CPUs differ look alike, a value a line: see logical.h. */
#include "../names.h"
#include "logical.h"

/* How much of @name is the host's; 0: it names no logical CPU. */
static size_t host_part(const char *name)
{
	const char *mark = strrchr(name, '#');

	if (!mark || mark == name || strncmp(mark, "#cpu", 4) || !mark[4] ||
	    mark[4 + strspn(mark + 4, "0123456789")])
		return 0;
	return mark - name;
}

static void warn(void *ctx, const char *text)
{
	const struct logical *l = ctx;

	say("warning: %s: %s: %s", l->name, l->host.name, text);
}

static int flush(struct logical *l)
{
	struct kl_place at = { 0 };
	struct host h;
	char *text;

	if (!l->cpus.nr)
		return 0;
	if (cpus_combine(&l->cpus, &l->host.words, warn, l, &at)) {
		text = place_text(&at);
		say("%s: %s: its logical CPUs can't be one host's: %s", l->name, l->host.name,
		    text);
		free(text);
		return -1;
	}
	h = l->host;
	l->host = (struct host){ 0 };
	return sink_host(&l->sink, &h);
}

int logical_add(struct logical *l, struct host *h)
{
	size_t len = host_part(h->name);
	int ret;

	if (l->cpus.nr && (strlen(l->host.name) != len || memcmp(l->host.name, h->name, len))) {
		ret = flush(l);
		if (ret)
			return ret;
	}
	if (!len)
		return l->sink.see(l->sink.ctx, h);
	if (!l->cpus.nr) {
		host_free(&l->host);
		l->host = *h;
		l->host.words = (struct words){ 0 };
		l->host.name[len] = '\0';
		cpus_add(&l->cpus, &h->words);
		*h = (struct host){ 0 };
		return 0;
	}
	l->host.raw |= h->raw;
	cpus_add(&l->cpus, &h->words);
	return 0;
}

bool logical_is_host(const struct logical *l, const struct host *h)
{
	return !l->cpus.nr && !host_part(h->name);
}

int logical_end(struct logical *l)
{
	return flush(l);
}

void logical_free(struct logical *l)
{
	cpus_free(&l->cpus);
	host_free(&l->host);
}
