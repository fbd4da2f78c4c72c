// SPDX-License-Identifier: GPL-2.0
/*
 * One fuzzer a format (TARGET says which), each from the bytes of a file to the baseline of
 * the hosts in it. Beyond what the sanitizers see it asks: what was read is sorted and has
 * nothing twice; a baseline of it is well-formed and within each host; and what a host
 * becomes in levelctl's own JSON is read back as the same words.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "../../userspace/baseline.h"
#include "../../userspace/formats/formats.h"

#define MUST(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* In the place of userspace's say(): formats, and keeps quiet. */
void __wrap_say(const char *fmt, ...) PRINTF(1, 2);
void __wrap_say(const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	if (getenv("FUZZ_LOUD"))
		fprintf(stderr, "%s\n", text);
	va_end(args);
}

/* What reads a path reads this: a file in memory, the same one again and again. */
static const char *as_file(const void *data, size_t size)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	MUST(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

static void check_order(const struct words *w)
{
	unsigned int i;

	for (i = 1; i < w->nr_leaves; i++)
		MUST(w->leaf[i - 1].leaf < w->leaf[i].leaf ||
		     (w->leaf[i - 1].leaf == w->leaf[i].leaf &&
		      w->leaf[i - 1].subleaf < w->leaf[i].subleaf));
	for (i = 1; i < w->nr_msrs; i++)
		MUST(w->msr[i - 1].index < w->msr[i].index);
}

static void check_baseline(const struct words *w)
{
	const struct kl_set host = words_set(w);
	static struct kl_acc acc;
	struct kl_place at;
	struct kl_set set;

	if (kl_acc_init(&acc, &host, &at))
		return;
	kl_close(&acc);
	set = kl_acc_set(&acc);
	MUST(!kl_set_check(&set, &at));
	MUST(!kl_set_subset(&set, &host, &at));
}

static int check_host(void *ctx, struct host *h)
{
	MUST(h->name && h->file);
	check_order(&h->words);
	check_order(&h->processor);
	check_baseline(&h->words);
	*(unsigned int *)ctx += 1;
	return 0;
}

struct expected {
	const struct host *host;
	unsigned int nr;
};

static int same_host(void *ctx, struct host *h)
{
	struct expected *e = ctx;
	const struct words *a = &e->host->words, *b = &h->words;

	MUST(a->nr_leaves == b->nr_leaves && a->nr_msrs == b->nr_msrs);
	MUST(!a->nr_leaves || !memcmp(a->leaf, b->leaf, a->nr_leaves * sizeof(*a->leaf)));
	for (unsigned int i = 0; i < a->nr_msrs; i++)
		MUST(a->msr[i].index == b->msr[i].index && a->msr[i].value == b->msr[i].value);
	e->nr++;
	return 0;
}

static int check_and_reread(void *ctx, struct host *h)
{
	struct expected e = { .host = h };
	struct json_out *o = json_out_new();
	size_t len;
	char *text;

	check_host(ctx, h);
	json_out_object(o, NULL);
	host_write(o, h);
	text = json_out_finish(o, &len);
	MUST(!hosts_each(as_file(text, len), same_host, &e) && e.nr == 1);
	free(text);
	return 0;
}

static void __attribute__((unused))
fuzz_text(int (*read)(const struct text *t, const struct sink *sink), const void *data,
	  size_t size)
{
	unsigned int nr = 0;
	const struct sink sink = { check_and_reread, &nr };
	char *bytes = xrealloc(NULL, size + 1, 1);
	const struct text t = { "fuzz", bytes, size };

	memcpy(bytes, data, size);
	bytes[size] = '\0';
	/* Success without a host would be an empty pool that nobody noticed. */
	if (!text_check(&t))
		MUST(read(&t, &sink) || nr);
	free(bytes);
}

static void __attribute__((unused)) fuzz_cpuid_r(const void *data, size_t size)
{
	fuzz_text(cpuid_r_read, data, size);
}

static void __attribute__((unused)) fuzz_instlat(const void *data, size_t size)
{
	fuzz_text(instlat_read, data, size);
}

static void __attribute__((unused)) fuzz_xen(const void *data, size_t size)
{
	/* As formats_text() does, it is asked only for what has a line of words. */
	fuzz_text(formats_text, data, size);
}

static void __attribute__((unused)) fuzz_libvirt(const void *data, size_t size)
{
	fuzz_text(libvirt_read, data, size);
}

static void __attribute__((unused))
fuzz_json(int (*read)(const struct json_file *file, const struct json *root, struct host *h),
	  const void *data, size_t size)
{
	struct json_file *file = json_open(as_file(data, size), size);
	const struct json *root;
	unsigned int nr = 0;

	while (file && json_read(file, &root) > 0) {
		struct host h = { 0 };

		if (json_kind(root) == JSON_OBJECT && read(file, root, &h) == 1)
			check_host(&nr, &h);
		host_free(&h);
	}
	json_close(file);
}

static void __attribute__((unused)) fuzz_qemu(const void *data, size_t size)
{
	fuzz_json(qemu_read, data, size);
}

static void __attribute__((unused)) fuzz_firecracker(const void *data, size_t size)
{
	fuzz_json(firecracker_read, data, size);
}

/* Whatever it is: detection, and levelctl's own JSON. */
static void __attribute__((unused)) fuzz_any(const void *data, size_t size)
{
	unsigned int nr = 0;
	int err = hosts_each(as_file(data, size), check_host, &nr);

	MUST(err || nr);
}

static void __attribute__((unused)) fuzz_host(const void *data, size_t size)
{
	const char *c = data;

	/* The other formats have their own. */
	if (size && (*c == '{' || *c == '['))
		fuzz_any(data, size);
}

static void __attribute__((unused)) fuzz_baseline(const void *data, size_t size)
{
	struct kl_set def;
	struct baseline b;

	if (baseline_read(as_file(data, size), &b))
		return;
	check_order(&b.def);
	def = words_set(&b.def);
	MUST(!kl_set_check(&def, NULL));
	baseline_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TARGET(data, size);
	return 0;
}
