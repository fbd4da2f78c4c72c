// SPDX-License-Identifier: GPL-2.0
#include <sys/utsname.h>
#include <unistd.h>

#include "formats/formats.h"
#include "host.h"
#include "kvm.h"
#include "netlink.h"
#include "stream.h"

static const char *const keys[] = {
	"schema", "name", "vendor", "family", "model", "stepping", "source", "kernel",
	"microcode", "cpuid", "msr", "raw", NULL,
};

void host_free(struct host *h)
{
	free(h->name);
	free(h->file);
	free(h->kernel);
	free(h->microcode);
	words_free(&h->words);
	words_free(&h->processor);
	*h = (struct host){ 0 };
}

void hosts_free(struct hosts *hosts)
{
	while (hosts->nr)
		host_free(&hosts->host[--hosts->nr]);
	free(hosts->host);
	hosts->host = NULL;
}

static int read_text(const struct json_file *file, const struct json *root, const char *key,
		     char **out)
{
	const struct json *v = json_get(root, key);

	if (!v)
		return 0;
	if (json_want(file, v, JSON_STRING))
		return -1;
	if (strlen(json_string(v)) > 255)
		return json_bad(file, v, "\"%s\" is longer than 255 bytes", key);
	*out = printable(xprintf("%s", json_string(v)));
	return 0;
}

static int read_number(const struct json_file *file, const struct json *root, const char *key,
		       u32 *out)
{
	const struct json *v = json_get(root, key);
	u64 n = 0;

	if (v && json_uint(file, v, UINT32_MAX, &n))
		return -1;
	*out = n;
	return 0;
}

static int read_kind(const struct json_file *file, const struct json *root, struct host *h)
{
	const struct json *schema = json_get(root, "schema"), *source = json_get(root, "source");

	if (schema && json_want(file, schema, JSON_STRING))
		return -1;
	if (schema && !strncmp(json_string(schema), "kvm-level/baseline/", 19))
		return json_bad(file, schema, "this is a baseline, not a host dump");
	if (schema && strcmp(json_string(schema), HOST_SCHEMA))
		return json_bad(file, schema, "schema \"%s\" is not %s", json_string(schema),
				HOST_SCHEMA);
	h->raw = true;
	if (!source)
		return 0;
	if (json_want(file, source, JSON_STRING))
		return -1;
	if (!strcmp(json_string(source), "kvm"))
		h->raw = false;
	else if (strcmp(json_string(source), "raw"))
		return json_bad(file, source, "\"source\" is \"kvm\" or \"raw\", not \"%s\"",
				json_string(source));
	return 0;
}

bool host_vendor_fits(struct host *h, char seen[13])
{
	const struct kl_set set = words_set(&h->words);
	const struct kl_leaf *leaf0 = kl_set_leaf(&set, 0, 0);

	seen[0] = '\0';
	if (leaf0)
		cpuid_vendor(leaf0, seen);
	printable(seen);
	if (!*h->vendor)
		memcpy(h->vendor, seen, sizeof(h->vendor));
	return !*seen || !strcmp(h->vendor, seen);
}

static int read_host(const struct json_file *file, const struct json *root, struct host *h)
{
	const struct json *cpuid, *vendor;
	char seen[13];

	if (json_kind(root) != JSON_OBJECT)
		return json_bad(file, root, "a host dump is a JSON object, which this is not");
	if (read_kind(file, root, h) || json_check_keys(file, root, "a host dump", keys))
		return -1;

	h->file = xprintf("%s", json_name(file));
	if (read_text(file, root, "name", &h->name) ||
	    read_text(file, root, "kernel", &h->kernel) ||
	    read_text(file, root, "microcode", &h->microcode) ||
	    read_number(file, root, "family", &h->family) ||
	    read_number(file, root, "model", &h->model) ||
	    read_number(file, root, "stepping", &h->stepping))
		return -1;
	if (!h->name || !*h->name) {
		free(h->name);
		h->name = xprintf("%s", json_name(file));
	}
	vendor = json_get(root, "vendor");
	if (vendor && json_want(file, vendor, JSON_STRING))
		return -1;
	if (vendor && strlen(json_string(vendor)) != 12)
		return json_bad(file, vendor, "\"vendor\" is not a processor's vendor string, such as \"AuthenticAMD\"");
	if (vendor)
		memcpy(h->vendor, json_string(vendor), sizeof(h->vendor));
	printable(h->vendor);

	cpuid = json_get(root, "cpuid");
	if (!cpuid)
		return json_bad(file, root, "the host dump has no \"cpuid\"");
	if (words_read(file, cpuid, json_get(root, "msr"), &h->words) ||
	    words_read(file, json_get(root, "raw"), NULL, &h->processor))
		return -1;
	if (!host_vendor_fits(h, seen))
		return json_bad(file, vendor, "\"vendor\" is \"%s\", but CPUID leaf 0 says \"%s\"",
				h->vendor, seen);
	return 0;
}

/* A host of any format of JSON: 1; 0: this value tells of none; -1: said why. */
static int read_value(const struct json_file *file, const struct json *root, struct host *h)
{
	int n = formats_json(file, root, h);

	if (!n)
		return read_host(file, root, h) ? -1 : 1;
	return n == FORMATS_NOTHING ? 0 : n;
}

int hosts_json(struct json_file *file, host_fn see, void *ctx)
{
	bool any = false, seen = false;
	const struct json *root;
	int n;

	while ((n = json_read(file, &root)) > 0) {
		struct host h = { 0 };

		any = true;
		n = read_value(file, root, &h);
		seen |= n > 0;
		if (n > 0)
			n = see(ctx, &h);
		host_free(&h);
		if (n)
			break;
	}
	if (!n && !any)
		n = json_bad(file, NULL, "there is nothing in it");
	else if (!n && !seen)
		n = json_bad(file, NULL, "no host in it: of what QEMU says, only the answer to query-cpu-model-expansion is one");
	return n;
}

int hosts_whole(const char *path, host_fn see, void *ctx)
{
	struct json_file *file = json_open(path, HOSTS_FILE_LIMIT);
	int ret;

	if (!file)
		return -1;
	ret = hosts_json(file, see, ctx);
	json_close(file);
	return ret;
}

struct each {
	host_fn see;
	void *ctx;
};

static int each(void *ctx, struct host *h, void *made)
{
	const struct each *e = ctx;

	(void)made;
	return e->see(e->ctx, h);
}

int hosts_each(const char *path, host_fn see, void *ctx)
{
	struct each e = { see, ctx };
	const struct host_sink sink = { .take = each, .ctx = &e };

	return hosts_stream(1, (char **)&path, &sink);
}

static int keep(void *ctx, struct host *h)
{
	struct hosts *hosts = ctx;

	if (!(hosts->nr & (hosts->nr - 1)))
		hosts->host = xrealloc(hosts->host, hosts->nr ? 2 * hosts->nr : 1,
				       sizeof(*hosts->host));
	hosts->host[hosts->nr++] = *h;
	*h = (struct host){ 0 };
	return 0;
}

int hosts_read(const char *path, struct hosts *hosts)
{
	return hosts_each(path, keep, hosts);
}

/*
 * With the module loaded, /dev/kvm may show this process a levelled offer, and
 * a pool computed from that could only ever shrink: ask the module, which
 * knows the real one.
 */
int host_offer(struct words *offer)
{
	int err = kernel_try();
	u32 vendor;

	*offer = (struct words){ 0 };
	if (err == -ENOENT && !kernel_has_module()) {
		err = kvm_offer(offer);
	} else {
		err = err ? kernel_open() : kernel_offer(&vendor, offer);
		if (!err && !offer->nr_leaves)
			err = -ENOENT;
		if (err)
			say("kvm_level may be levelling what /dev/kvm shows, so that can't be taken for what this host offers");
	}
	if (err) {
		words_free(offer);
		return -1;
	}
	kvm_add_tsc_deadline(offer);
	return 0;
}

static char *own_microcode(void)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256], *colon, *found = NULL;

	while (f && !found && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "microcode", 9))
			continue;
		colon = strchr(line, ':');
		if (!colon)
			break;
		colon += 1 + strspn(colon + 1, " \t");
		colon[strcspn(colon, "\n")] = '\0';
		found = xprintf("%s", colon);
	}
	if (f)
		fclose(f);
	return found;
}

int host_self(struct host *h)
{
	struct signature s;
	struct utsname u;
	struct kl_set raw;
	const struct kl_leaf *leaf1;

	*h = (struct host){ 0 };
	if (uname(&u)) {
		say("this host's name is not to be had: %s", strerror(errno));
		return -1;
	}
	/* First what may fail or be levelled, then what pins this process to one CPU. */
	if (host_offer(&h->words))
		return -1;
	warn_of_unequal_cpus();
	if (raw_cpuid(&h->processor)) {
		host_free(h);
		return -1;
	}
	raw = words_set(&h->processor);
	leaf1 = kl_set_leaf(&raw, 1, 0);
	s = cpuid_signature(leaf1 ? leaf1->r[KL_EAX] : 0);
	h->family = s.family;
	h->model = s.model;
	h->stepping = s.stepping;
	own_vendor(h->vendor);
	h->name = printable(xprintf("%s", u.nodename));
	h->kernel = printable(xprintf("%s", u.release));
	h->microcode = own_microcode();
	return 0;
}

void host_write(struct json_out *o, const struct host *h)
{
	const struct kl_set words = words_set(&h->words), raw = words_set(&h->processor);

	json_out_string(o, "schema", HOST_SCHEMA);
	json_out_string(o, "name", h->name);
	if (*h->vendor)
		json_out_string(o, "vendor", h->vendor);
	json_out_uint(o, "family", h->family);
	json_out_uint(o, "model", h->model);
	json_out_uint(o, "stepping", h->stepping);
	json_out_string(o, "source", h->raw ? "raw" : "kvm");
	if (h->kernel)
		json_out_string(o, "kernel", h->kernel);
	if (h->microcode)
		json_out_string(o, "microcode", h->microcode);
	words_write_leaves(o, "cpuid", &words);
	words_write_msrs(o, "msr", &words);
	if (raw.nr_leaves)
		words_write_leaves(o, "raw", &raw);
}
