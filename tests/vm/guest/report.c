// SPDX-License-Identifier: GPL-2.0
/*
 * report - init of the guests that the scenarios start: says what CPU it was
 * given, then switches the guest off.
 *
 * The kernel hands it what stands after "--" on its command line: the sections
 * wanted (cpuid msr try info dmesg; these when none is named; klog), and
 * "interactive", which keeps the guest alive and listening for commands.
 *
 * A byte over the serial line takes several exits to the VMM, on a host that is
 * itself emulated: a report would take seconds. It is written to the memory that
 * an ivshmem device shares with the VMM's host, and to the line only where there
 * is no such device.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <termios.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define KLOG_READ_ALL	3
#define KLOG_CONSOLE_OFF 6
#define KLOG_CONSOLE_ON	7

static char out[512 * 1024];
static size_t out_len;
static char *shared;
static size_t shared_size;

__attribute__((format(printf, 1, 2)))
static void say(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out + out_len, sizeof(out) - out_len, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	out_len += (size_t)n;
	if (out_len >= sizeof(out))
		out_len = sizeof(out) - 1;
}

/* The kernel must not write into the middle of a line. */
static void flush_to_console(void)
{
	klogctl(KLOG_CONSOLE_OFF, NULL, 0);
	fwrite(out, 1, out_len, stdout);
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
	klogctl(KLOG_CONSOLE_ON, NULL, 0);
	out_len = 0;
}

/* Text, then zeros: what an earlier report left must not look like more of it. */
static void flush_report(void)
{
	if (!shared) {
		flush_to_console();
		return;
	}
	if (out_len > shared_size)
		out_len = shared_size;
	memset(shared, 0, shared_size);
	memcpy(shared, out, out_len);
	out_len = 0;
}

/* --- The shared memory ------------------------------------------------- */

static bool read_text(int dir, const char *name, char *text, size_t size)
{
	int fd = openat(dir, name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n < 0)
		return false;
	text[n] = '\0';
	return true;
}

static bool is_ivshmem(int dir)
{
	char vendor[16], device[16];

	return read_text(dir, "vendor", vendor, sizeof(vendor)) &&
	       read_text(dir, "device", device, sizeof(device)) &&
	       !strcmp(vendor, "0x1af4\n") && !strcmp(device, "0x1110\n");
}

static void map_shared(int dir)
{
	int fd = openat(dir, "enable", O_WRONLY);
	struct stat st;
	void *p;

	if (fd >= 0) {
		if (write(fd, "1", 1) != 1)
			say("error ivshmem enable: %s\n", strerror(errno));
		close(fd);
	}
	fd = openat(dir, "resource2", O_RDWR);
	if (fd < 0)
		return;
	if (!fstat(fd, &st) && st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
			 MAP_SHARED, fd, 0);
		if (p != MAP_FAILED) {
			shared = p;
			shared_size = (size_t)st.st_size;
		}
	}
	close(fd);
}

static void find_shared(void)
{
	DIR *d = opendir("/sys/bus/pci/devices");
	struct dirent *e;
	int dir;

	while (d && !shared && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		dir = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY);
		if (dir < 0)
			continue;
		if (is_ivshmem(dir))
			map_shared(dir);
		close(dir);
	}
	if (d)
		closedir(d);
}

/* --- CPUID ------------------------------------------------------------- */

struct regs {
	uint32_t a, b, c, d;
};

static struct regs cpuid(uint32_t leaf, uint32_t sub)
{
	struct regs r;

	__cpuid_count(leaf, sub, r.a, r.b, r.c, r.d);
	return r;
}

static struct regs say_cpuid(int cpu, uint32_t leaf, uint32_t sub)
{
	struct regs r = cpuid(leaf, sub);

	say("cpu %d cpuid 0x%08x 0x%08x %08x %08x %08x %08x\n",
	    cpu, leaf, sub, r.a, r.b, r.c, r.d);
	return r;
}

/* Does this subleaf say that no further one follows? */
static bool last_subleaf(uint32_t leaf, uint32_t sub, uint32_t max_sub,
			 struct regs r)
{
	switch (leaf) {
	case 0x4:
	case 0x8000001d:
		return (r.a & 0x1f) == 0;	/* cache type: none */
	case 0xb:
	case 0x1f:
		return ((r.c >> 8) & 0xff) == 0; /* level type: invalid */
	case 0x7:
	case 0x14:
		return sub >= max_sub;
	case 0xd:
		return sub >= 63;
	default:
		return true;
	}
}

static void say_leaf(int cpu, uint32_t leaf)
{
	/* An invalid subleaf may still show something that it should not. */
	uint32_t beyond = leaf == 0xd ? 0 : 2;
	uint32_t sub = 0, max_sub;
	struct regs r;

	r = say_cpuid(cpu, leaf, 0);
	max_sub = r.a < 63 ? r.a : 63;
	while (!last_subleaf(leaf, sub, max_sub, r) && sub < 64)
		r = say_cpuid(cpu, leaf, ++sub);

	switch (leaf) {
	case 0x4:
	case 0x7:
	case 0xb:
	case 0x14:
	case 0x1f:
	case 0x8000001d:
		while (beyond--)
			say_cpuid(cpu, leaf, ++sub);
	}
}

static void say_range(int cpu, uint32_t base, uint32_t sane, uint32_t beyond)
{
	uint32_t max = cpuid(base, 0).a;
	uint32_t leaf;

	/* A maximum outside of its own range would have us print for hours. */
	if (max < base || max > base + sane)
		max = base;
	for (leaf = base; leaf <= max + beyond; leaf++)
		say_leaf(cpu, leaf);
}

static void say_all_cpuid(int cpu)
{
	uint32_t leaf;

	say_range(cpu, 0, 0x40, 3);
	for (leaf = 0x40000000; leaf <= 0x40000010; leaf++)
		say_cpuid(cpu, leaf, 0);
	say_cpuid(cpu, 0x40000100, 0);
	say_range(cpu, 0x80000000, 0x40, 3);
}

static void section_cpuid(void)
{
	long cpu, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	for (cpu = 0; cpu < cpus; cpu++) {
		CPU_ZERO(&set);
		CPU_SET((size_t)cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set)) {
			say("error cpu %ld: %s\n", cpu, strerror(errno));
			continue;
		}
		say_all_cpuid((int)cpu);
	}
}

/* --- MSRs -------------------------------------------------------------- */

static const uint32_t msrs[] = {
	0x48,		/* SPEC_CTRL */
	0x8b,		/* microcode revision */
	0xcf,		/* CORE_CAPABILITIES */
	0x10a,		/* ARCH_CAPABILITIES */
	0x122,		/* TSX_CTRL */
	0x345,		/* PERF_CAPABILITIES */
	0xc0000080,	/* EFER */
	0xc0010114,	/* VM_CR */
	0xc0011029,	/* DE_CFG */
};

static void say_msr(uint32_t index)
{
	int fd = open("/dev/cpu/0/msr", O_RDONLY);
	uint64_t value;

	if (fd < 0)
		say("error /dev/cpu/0/msr: %s\n", strerror(errno));
	else if (pread(fd, &value, sizeof(value), index) == sizeof(value))
		say("msr 0x%08x 0x%016llx\n", index, (unsigned long long)value);
	else
		say("msr 0x%08x fault\n", index);
	if (fd >= 0)
		close(fd);
}

static void section_msr(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(msrs); i++)
		say_msr(msrs[i]);
}

/* --- Trying instructions ----------------------------------------------- */

static sigjmp_buf after_fault;
static volatile sig_atomic_t trying;
static char line[64] __attribute__((aligned(64)));
static char area[4096] __attribute__((aligned(64)));

static void on_fault(int sig)
{
	/* A fault of our own must end us, not be taken for an answer for ever. */
	if (!trying)
		signal(sig, SIG_DFL);
	else
		siglongjmp(after_fault, sig);
}

#define TRY(name, ...) static void try_##name(void) { __asm__ volatile(__VA_ARGS__); }

TRY(popcnt, "popcnt %%eax, %%eax" ::: "eax")
TRY(crc32, "crc32l %%eax, %%eax" ::: "eax")
TRY(ssse3, "pabsb %%xmm0, %%xmm0" ::: "xmm0")
TRY(sse4_1, "pmovsxbw %%xmm0, %%xmm0" ::: "xmm0")
TRY(sse4a, "extrq $1, $1, %%xmm0" ::: "xmm0")
TRY(aes, "aesenc %%xmm0, %%xmm0" ::: "xmm0")
TRY(pclmulqdq, "pclmulqdq $0, %%xmm0, %%xmm0" ::: "xmm0")
TRY(sha_ni, "sha1nexte %%xmm0, %%xmm0" ::: "xmm0")
TRY(movbe, "movbe %0, %%eax" :: "m"(line) : "eax")
TRY(adx, "adcx %%eax, %%eax" ::: "eax", "cc")
TRY(bmi1, "andn %%eax, %%eax, %%eax" ::: "eax", "cc")
TRY(bmi2, "pdep %%eax, %%eax, %%eax" ::: "eax")
TRY(xgetbv, "xor %%ecx, %%ecx; xgetbv" ::: "eax", "ecx", "edx")
TRY(xgetbv1, "mov $1, %%ecx; xgetbv" ::: "eax", "ecx", "edx")
TRY(xsaveopt, "xor %%edx, %%edx; mov $1, %%eax; xsaveopt %0"
	: "+m"(area) :: "eax", "edx")
TRY(avx, "vxorps %%ymm0, %%ymm0, %%ymm0" ::: "xmm0")
TRY(avx2, "vpaddd %%ymm0, %%ymm0, %%ymm0" ::: "xmm0")
TRY(fma, "vfmadd132ps %%xmm0, %%xmm0, %%xmm0" ::: "xmm0")
TRY(f16c, "vcvtph2ps %%xmm0, %%xmm0" ::: "xmm0")
TRY(vaes, "vaesenc %%ymm0, %%ymm0, %%ymm0" ::: "xmm0")
TRY(avx512f, "vpaddd %%zmm0, %%zmm0, %%zmm0" ::: "xmm0")
TRY(rdrand, "rdrand %%eax" ::: "eax", "cc")
TRY(rdseed, "rdseed %%eax" ::: "eax", "cc")
TRY(rdtscp, "rdtscp" ::: "eax", "ecx", "edx")
TRY(rdpid, "rdpid %%rax" ::: "rax")
TRY(rdfsbase, "rdfsbase %%rax" ::: "rax")
TRY(clflushopt, "clflushopt %0" : "+m"(line))
TRY(clwb, "clwb %0" : "+m"(line))
TRY(clzero, "lea %0, %%rax; clzero" : "+m"(line) :: "rax")
TRY(rdpkru, "xor %%ecx, %%ecx; rdpkru" ::: "eax", "ecx", "edx")
TRY(monitorx, "lea %0, %%rax; xor %%ecx, %%ecx; xor %%edx, %%edx; monitorx"
	:: "m"(line) : "rax", "ecx", "edx")
TRY(smsw, "smsw %%eax" ::: "eax")

static const struct attempt {
	const char *name;
	void (*run)(void);
} attempts[] = {
#define ATTEMPT(name) { #name, try_##name }
	ATTEMPT(popcnt), ATTEMPT(crc32), ATTEMPT(ssse3), ATTEMPT(sse4_1),
	ATTEMPT(sse4a), ATTEMPT(aes), ATTEMPT(pclmulqdq), ATTEMPT(sha_ni),
	ATTEMPT(movbe), ATTEMPT(adx), ATTEMPT(bmi1), ATTEMPT(bmi2),
	ATTEMPT(xgetbv), ATTEMPT(xgetbv1), ATTEMPT(xsaveopt),
	ATTEMPT(avx), ATTEMPT(avx2), ATTEMPT(fma), ATTEMPT(f16c), ATTEMPT(vaes),
	ATTEMPT(avx512f), ATTEMPT(rdrand), ATTEMPT(rdseed), ATTEMPT(rdtscp),
	ATTEMPT(rdpid), ATTEMPT(rdfsbase), ATTEMPT(clflushopt), ATTEMPT(clwb),
	ATTEMPT(clzero), ATTEMPT(rdpkru), ATTEMPT(monitorx), ATTEMPT(smsw),
};

static void say_attempt(const struct attempt *t)
{
	int sig = sigsetjmp(after_fault, 1);

	if (!sig) {
		trying = 1;
		t->run();
	}
	trying = 0;
	say("try %s %s\n", t->name, sig == 0 ? "ok" :
	    sig == SIGILL ? "sigill" : sig == SIGSEGV ? "sigsegv" : "signal");
}

static void catch_faults(void)
{
	static const int signals[] = { SIGILL, SIGSEGV, SIGBUS, SIGFPE };
	struct sigaction sa = { .sa_handler = on_fault };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &sa, NULL);
}

static void section_try(void)
{
	int fd = open("/proc/sys/debug/exception-trace", O_WRONLY);
	size_t i;

	/* The kernel logs init's faults though init catches them: no complaint. */
	if (fd >= 0) {
		if (write(fd, "0", 1) != 1)
			say("error exception-trace: %s\n", strerror(errno));
		close(fd);
	}
	for (i = 0; i < ARRAY_SIZE(attempts); i++)
		say_attempt(&attempts[i]);
}

/* --- What Linux made of it --------------------------------------------- */

static void section_info(void)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char *text = NULL, *value;
	size_t size = 0;

	say("cpus %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
	/* The first processor stands for all: an empty line ends it. */
	while (f && getline(&text, &size, f) > 1) {
		value = strchr(text, ':');
		if (!value)
			continue;
		if (!strncmp(text, "flags", 5))
			say("flags%s", value + 1);
		else if (!strncmp(text, "model name", 10))
			say("model name%s", value + 1);
		else if (!strncmp(text, "vendor_id", 9))
			say("vendor_id%s", value + 1);
	}
	free(text);
	if (f)
		fclose(f);
}

static char *read_klog(void)
{
	static char log[256 * 1024];
	int n = klogctl(KLOG_READ_ALL, log, sizeof(log) - 1);

	if (n < 0) {
		say("error dmesg: %s\n", strerror(errno));
		n = 0;
	}
	log[n] = '\0';
	return log;
}

static void section_dmesg(void)
{
	static const char *const bad[] = {
		"WARNING:", "BUG:", "Oops", "Call Trace", "general protection",
		"unchecked MSR", "[Firmware Bug]", "Kernel panic",
	};
	char *text, *save = NULL;
	size_t i;

	for (text = strtok_r(read_klog(), "\n", &save); text;
	     text = strtok_r(NULL, "\n", &save)) {
		for (i = 0; i < ARRAY_SIZE(bad); i++) {
			if (strstr(text, bad[i])) {
				say("dmesg-bad %s\n", text);
				break;
			}
		}
	}
}

static void section_klog(void)
{
	char *text, *save = NULL;

	for (text = strtok_r(read_klog(), "\n", &save); text;
	     text = strtok_r(NULL, "\n", &save))
		say("klog %s\n", text);
}

/* --- Putting it together ----------------------------------------------- */

static const struct section {
	const char *name;
	void (*run)(void);
} sections[] = {
	{ "cpuid", section_cpuid },
	{ "msr", section_msr },
	{ "try", section_try },
	{ "info", section_info },
	{ "dmesg", section_dmesg },
	{ "klog", section_klog },	/* only when asked for: the last */
};

#define SECTIONS_ALL	((1u << (ARRAY_SIZE(sections) - 1)) - 1)

static void report(unsigned int wanted)
{
	size_t i;

	say("KL-REPORT-BEGIN\n");
	for (i = 0; i < ARRAY_SIZE(sections); i++)
		if (wanted & (1u << i))
			sections[i].run();
	say("KL-REPORT-END\n");
	flush_report();
}

static unsigned int section_bit(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sections); i++)
		if (!strcmp(name, sections[i].name))
			return 1u << i;
	return 0;
}

/* One command line; its answer ends with KL-READY. */
static void obey(char *text, unsigned int wanted)
{
	unsigned int some = 0;
	uint32_t leaf = 0, sub = 0;
	char *save = NULL, *verb = strtok_r(text, " \t\r\n", &save);
	char *word;
	size_t i;

	if (!verb)
		return;
	if (!strcmp(verb, "report")) {
		while ((word = strtok_r(NULL, " \t\r\n", &save)))
			some |= section_bit(word);
		report(some ? some : wanted);
	} else if (!strcmp(verb, "off")) {
		reboot(RB_POWER_OFF);
	} else if (!strcmp(verb, "reboot")) {
		reboot(RB_AUTOBOOT);
	} else if (!strcmp(verb, "cpuid") || !strcmp(verb, "msr")) {
		word = strtok_r(NULL, " \t\r\n", &save);
		if (word)
			leaf = (uint32_t)strtoul(word, NULL, 0);
		word = strtok_r(NULL, " \t\r\n", &save);
		if (word)
			sub = (uint32_t)strtoul(word, NULL, 0);
		if (verb[0] == 'c')
			say_cpuid(0, leaf, sub);
		else
			say_msr(leaf);
	} else if (!strcmp(verb, "try")) {
		word = strtok_r(NULL, " \t\r\n", &save);
		for (i = 0; i < ARRAY_SIZE(attempts); i++)
			if (word && !strcmp(word, attempts[i].name))
				say_attempt(&attempts[i]);
	} else {
		say("error unknown command %s\n", verb);
	}
	say("KL-READY\n");
	flush_to_console();
}

static void obey_all(unsigned int wanted)
{
	char text[256];
	struct termios t;
	FILE *in = fopen("/dev/ttyS0", "r");

	if (!in) {
		say("error /dev/ttyS0: %s\n", strerror(errno));
		flush_to_console();
		return;
	}
	/* An echo would mix the commands with the answers. */
	if (!tcgetattr(fileno(in), &t)) {
		t.c_lflag &= (tcflag_t)~ECHO;
		tcsetattr(fileno(in), TCSANOW, &t);
	}
	/* The firmware has left the line without an end. */
	say("\nKL-READY\n");
	flush_to_console();
	while (fgets(text, sizeof(text), in))
		obey(text, wanted);
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY);

	/* A kernel with the driver built in has no such file. */
	if (fd < 0)
		return;
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
		say("error %s: %s\n", path, strerror(errno));
	close(fd);
}

int main(int argc, char **argv)
{
	bool interactive = false;
	unsigned int wanted = 0;
	int i;

	if (getpid() != 1) {
		fputs("report: only as init of a guest\n", stderr);
		return 2;
	}
	/* The initramfs brings the folders; devtmpfs is not mounted for it. */
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	catch_faults();
	find_shared();
	load_module("/msr.ko");

	/* The kernel also hands over whatever it does not know itself. */
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "interactive"))
			interactive = true;
		wanted |= section_bit(argv[i]);
	}
	if (!wanted)
		wanted = SECTIONS_ALL;
	report(wanted);
	if (interactive)
		obey_all(wanted);
	/* With reboot=t and a VMM that does not reboot, the quickest way out. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
