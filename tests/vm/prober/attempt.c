// SPDX-License-Identifier: GPL-2.0
/* Attempts: their list, their verdicts, and what they have in common. */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kvmprobe.h"

#define ATTEMPT_SECONDS	120

static const struct attempt *const groups[] = {
	cpuid_attempts, table_attempts, state_attempts, msr_attempts, insn_attempts,
	vmx_attempts, pv_attempts,
};

struct offer truth, wish, allowed;

static const char *current;
static char notes[1024];

static void say(int status, const char *word, const char *fmt, va_list ap)
	__noreturn __printf(3, 0);

static void say(int status, const char *word, const char *fmt, va_list ap)
{
	char text[1200];

	vsnprintf(text, sizeof(text), fmt, ap);
	printf("attempt %s: %s %s\n", current, word, text);
	exit(status);
}

void reached(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(EXIT_REACHED, "reached", fmt, ap);
}

void held(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(EXIT_HELD, "held", fmt, ap);
}

void skipped(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(EXIT_SKIPPED, "skipped", fmt, ap);
}

/* A call that KVM, or what hooks it, refuses, hides enough. */
void refused(int r, const char *call)
{
	if (r)
		held("%s refused: %s", call, strerror(-r));
}

/* One finding of several; verdict() ends with all of them. */
void note(const char *fmt, ...)
{
	size_t len = strlen(notes);
	va_list ap;

	if (len && len + 2 < sizeof(notes)) {
		strcat(notes, ", ");
		len += 2;
	}
	va_start(ap, fmt);
	vsnprintf(notes + len, sizeof(notes) - len, fmt, ap);
	va_end(ap);
}

bool any_noted(void)
{
	return notes[0];
}

void verdict(const char *held_text)
{
	if (any_noted())
		reached("%s", notes);
	held("%s", held_text);
}

static void append(char *buf, size_t len, const char *text)
{
	size_t at = strlen(buf);

	snprintf(buf + at, len - at, "%s%s", at ? " " : "", text);
}

static bool entry_shows(const struct kvm_cpuid_entry2 *e, const struct spec *p)
{
	if (p->leaf != e->function ||
	    (leaf_indexed(p->leaf) && p->sub != e->index) ||
	    !spec_present(p, &truth))
		return false;
	if (p->kind == SPEC_BITS)
		return entry_read(e, p->reg) & p->mask;
	if (p->kind == SPEC_WORD)
		return entry_read(e, p->reg) != p->value;
	return p->kind == SPEC_DROP && (e->eax | e->ebx | e->ecx | e->edx);
}

/* Names in @buf the victims that @e, as a guest or a VMM sees it, shows. */
bool entry_leaks(const struct kvm_cpuid_entry2 *e, char *buf, size_t len)
{
	bool leaks = false;

	for (unsigned int i = 0; i < nr_victims; i++) {
		if (!entry_shows(e, victim_spec(i)))
			continue;
		append(buf, len, victims[i].name);
		leaks = true;
	}
	if (e->function == 0x80000008 &&
	    (e->eax & 0xff) > victim_phys_bits(&truth)) {
		append(buf, len, "maxphyaddr");
		leaks = true;
	}
	return leaks;
}

bool set_leaks(const struct cpuset *s, char *buf, size_t len)
{
	bool leaks = false;

	for (u32 i = 0; i < s->n; i++)
		leaks |= entry_leaks(&s->e[i], buf, len);
	return leaks;
}

/* The same for all that a guest reads in the leaves that matter. */
bool guest_leaks(struct vcpu *v, char *buf, size_t len)
{
	struct cpuset seen = { .n = 0 };

	for (unsigned int i = 0; i < nr_victims; i++) {
		const struct spec *p = victim_spec(i);

		if (p->kind > SPEC_DROP ||
		    cpuset_find(&seen, p->leaf, p->sub))
			continue;
		guest_cpuid(v, p->leaf, p->sub,
			    cpuset_add(&seen, p->leaf, p->sub));
	}
	guest_cpuid(v, 0x80000008, 0, cpuset_add(&seen, 0x80000008, 0));
	return set_leaks(&seen, buf, len);
}

/* The verdict on a vCPU that is ready to run. */
void judge_cpuid(struct vcpu *v)
{
	static char leaks[512];

	if (guest_leaks(v, leaks, sizeof(leaks)))
		reached("guest reads %s", leaks);
	held("guest reads none of the hidden bits");
}

/* Which hidden bits of a feature MSR are in @value? */
bool msr_leaks(u32 index, u64 value, u64 *bits)
{
	*bits = 0;
	for (unsigned int i = 0; i < nr_victims; i++) {
		const struct spec *p = victim_spec(i);

		if (p->kind == SPEC_MSR_BITS && p->leaf == index &&
		    spec_present(p, &truth))
			*bits |= p->mask & value;
	}
	return *bits;
}

/*
 * A vCPU of a VMM that wishes for everything. Where that is refused outright
 * (strict mode), it goes on with what it may have: the way in that an attempt
 * is about comes after.
 */
struct vcpu *wished_vcpu(void)
{
	struct vcpu *v = vcpu_new(vm_new());

	if (vcpu_set_cpuid2(v, &wish.cpu) && vcpu_set_cpuid2(v, &allowed.cpu))
		die("KVM_SET_CPUID2 takes neither the greedy nor the modest set");
	vcpu_enter_long_mode(v);
	return v;
}

static void took_too_long(int sig)
{
	(void)sig;
	die("no verdict in %d s", ATTEMPT_SECONDS);
}

static bool needs_met(const struct attempt *a)
{
	char needs[256], *save, *p;

	snprintf(needs, sizeof(needs), "%s", a->needs);
	for (p = strtok_r(needs, " ", &save); p; p = strtok_r(NULL, " ", &save))
		if (victim_offered(p, &truth))
			return true;
	return false;
}

static void run(const struct attempt *a) __noreturn;
static void run(const struct attempt *a)
{
	current = a->name;
	die_prefix("attempt %s: error ", a->name);
	signal(SIGALRM, took_too_long);
	alarm(ATTEMPT_SECONDS);
	truth_load(&truth);
	wish_load(&wish);
	allowed = truth;
	victims_clear(&truth, &allowed);
	if (!needs_met(a))
		skipped("this host has none of: %s", a->needs);
	a->run();
	die("came to no verdict");
}

static const struct attempt *find(const char *name)
{
	for (unsigned int g = 0; g < ARRAY_SIZE(groups); g++)
		for (const struct attempt *a = groups[g]; a->name; a++)
			if (!strcmp(a->name, name))
				return a;
	return NULL;
}

/* Each in a process of its own: a verdict ends it. */
static int run_all(int status[256])
{
	for (unsigned int g = 0; g < ARRAY_SIZE(groups); g++)
		for (const struct attempt *a = groups[g]; a->name; a++) {
			int how;
			pid_t pid = fork();

			if (!pid)
				run(a);
			if (pid < 0 || waitpid(pid, &how, 0) < 0)
				die("fork");
			how = WIFEXITED(how) ? WEXITSTATUS(how) : EXIT_ERROR;
			status[how]++;
		}
	printf("attempts: %d reached, %d held, %d skipped, %d in error\n",
	       status[EXIT_REACHED], status[EXIT_HELD], status[EXIT_SKIPPED],
	       status[EXIT_ERROR]);
	return status[EXIT_ERROR] ? EXIT_ERROR :
	       status[EXIT_REACHED] ? EXIT_REACHED : EXIT_HELD;
}

int cmd_attempt(int argc, char **argv)
{
	const struct attempt *a;
	int status[256] = { 0 };

	if (argc != 2)
		die("attempt: which one? (see list; 'all' tries every one)");
	if (!strcmp(argv[1], "all"))
		return run_all(status);
	a = find(argv[1]);
	if (!a)
		die("no attempt is named '%s'", argv[1]);
	run(a);
}

static void list_specs(const char *needs)
{
	char copy[256], *save, *p;
	bool first = true;

	snprintf(copy, sizeof(copy), "%s", needs);
	for (p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save)) {
		for (unsigned int i = 0; i < nr_victims; i++) {
			if (strcmp(victims[i].name, p))
				continue;
			printf("%s%s", first ? "" : " ", victims[i].spec);
			first = false;
		}
	}
	if (first)
		putchar('-');
}

int cmd_list(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (unsigned int g = 0; g < ARRAY_SIZE(groups); g++)
		for (const struct attempt *a = groups[g]; a->name; a++) {
			printf("%s\t", a->name);
			list_specs(a->needs);
			printf("\t%s\n", a->prose);
		}
	return 0;
}
