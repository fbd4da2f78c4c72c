// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <time.h>

#include "cmd.h"
#include "names.h"
#include "proto.h"
#include "json_out.h"

struct monitor {
	u64 left;	/* events to wait for; 0: no end */
	bool failed;	/* nobody reads our output any more */
};

static struct kl_place event_place(const struct event *e)
{
	return (struct kl_place){
		.kind = e->has_msr ? KL_PLACE_MSR : KL_PLACE_CPUID,
		.leaf = e->has_msr ? e->msr : e->leaf,
		.subleaf = e->subleaf,
		.reg = e->has_reg ? e->reg : 0,
		.bits = e->bits,
		.why = "",
	};
}

static void time_now(char *text, size_t size, bool iso)
{
	time_t now = time(NULL);
	struct tm tm;

	if (iso)
		strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	else
		strftime(text, size, "%H:%M:%S", localtime_r(&now, &tm));
}

static char *event_json(const struct event *e)
{
	struct json_out *o = json_out_new();
	struct kl_place at = event_place(e);
	char when[32], *names;
	size_t len;
	char *text;

	time_now(when, sizeof(when), true);
	json_out_object(o, NULL);
	json_out_flat(o);
	json_out_string(o, "schema", "kvm-level/event/1");
	json_out_string(o, "time", when);
	json_out_string(o, "event", e->missed ? "missed" : event_name(e->kind));
	if (e->has_vm)
		json_out_uint(o, "vm", e->vm);
	if (e->has_on)
		json_out_bool(o, "on", e->on);
	if (e->id)
		json_out_uint(o, "baseline", e->id);
	if (e->name)
		json_out_string(o, "name", e->name);
	if (e->cleared)
		json_out_bool(o, "cleared", true);
	if (e->has_mode)
		json_out_string(o, "mode", mode_name(e->mode));
	if (e->has_exits)
		json_out_string(o, "exits", exits_name(e->exits));
	if (e->has_stranded)
		json_out_uint(o, "stranded", e->stranded);
	if (e->has_msr) {
		json_out_hex(o, "msr", e->msr, 8);
	} else if (e->has_place) {
		json_out_hex(o, "leaf", e->leaf, 8);
		json_out_hex(o, "subleaf", e->subleaf, 8);
		if (e->has_reg)
			json_out_string(o, "reg", kl_reg_name(e->reg));
	}
	if (e->bits)
		json_out_hex(o, "bits", e->bits, 8);
	if (e->bits && e->has_place) {
		names = place_features(&at);
		json_out_string(o, "features", names);
		free(names);
	}
	if (e->text)
		json_out_string(o, "text", e->text);
	text = json_out_finish(o, &len);
	return text;
}

static void event_text(const struct event *e)
{
	struct kl_place at = event_place(e);
	char when[32], *names;

	time_now(when, sizeof(when), false);
	if (e->missed) {
		printf("%s events were missed: this reader was too slow, or the kernel had no memory for them\n",
		       when);
		return;
	}
	printf("%s %s", when, event_name(e->kind));
	if (e->has_vm)
		printf(" vm %u", e->vm);
	if (e->has_on)
		printf(" %s", e->on ? "on" : "off");
	if (e->has_mode)
		printf(" %s", mode_name(e->mode));
	if (e->has_exits)
		printf(" exits %s", exits_name(e->exits));
	if (e->cleared)
		printf(" cleared");
	if (e->id && e->kind != KVM_LEVEL_EVENT_BASELINE)
		printf(" baseline");
	if (e->id)
		printf(" %" PRIu64, e->id);
	if (e->name)
		printf(" \"%s\"", e->name);
	if (e->has_stranded)
		printf(" stranded %u", e->stranded);
	if (e->has_msr)
		printf(" MSR 0x%x", e->msr);
	else if (e->has_place)
		printf(" CPUID 0x%x.%u%s%s", e->leaf, e->subleaf, e->has_reg ? ":" : "",
		       e->has_reg ? kl_reg_name(e->reg) : "");
	if (e->bits) {
		names = place_features(&at);
		printf(" bits 0x%" PRIx64 "%s%s%s", e->bits, *names ? " (" : "", names,
		       *names ? ")" : "");
		free(names);
	}
	if (e->text)
		printf(": %s", e->text);
	putchar('\n');
}

static bool see(void *ctx, const struct event *e)
{
	struct monitor *m = ctx;
	char *line;

	if (tool.json) {
		line = event_json(e);
		fputs(line, stdout);
		free(line);
	} else {
		event_text(e);
	}
	if (fflush(stdout) || ferror(stdout)) {
		m->failed = true;
		return false;
	}
	if (e->missed || !m->left)
		return true;
	return --m->left > 0;
}

/* A script that starts us and then does something must know when to begin. */
static void ready(void)
{
	say("listening");
}

int cmd_monitor(int argc, char **argv)
{
	const char *count = NULL, *timeout = NULL;
	const struct option_spec spec[] = {
		{ "--count", NULL, NULL, &count },
		{ "--timeout", NULL, NULL, &timeout },
		{ NULL, NULL, NULL, NULL },
	};
	struct monitor m = { 0 };
	u64 seconds = 0;
	int err;

	if (options(&argc, argv, spec) || arguments(argc, 0, 0, "") ||
	    (count && parse_number(count, UINT32_MAX, "--count", &m.left)) ||
	    (timeout && parse_number(timeout, 1000000, "--timeout", &seconds)))
		return USAGE;
	if (count && !m.left)
		return usage("--count must be at least 1");
	if (kernel_open())
		return REFUSED;
	err = kernel_events(see, &m, ready, timeout ? (int)seconds * 1000 : -1);
	if (err == -ETIMEDOUT && !count)
		return DONE;
	if (err == -ETIMEDOUT)
		return refuse("the time is over, and %" PRIu64 " of the events did not come",
			      m.left);
	if (m.failed)
		return refuse("standard output fails");
	return err ? REFUSED : DONE;
}
