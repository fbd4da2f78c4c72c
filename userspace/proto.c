// SPDX-License-Identifier: GPL-2.0
#include "proto.h"

static const char *const modes[] = {
	[KVM_LEVEL_MODE_OFF] = "off",
	[KVM_LEVEL_MODE_AUDIT] = "audit",
	[KVM_LEVEL_MODE_ENFORCE] = "enforce",
	[KVM_LEVEL_MODE_STRICT] = "strict",
};

static const char *const exits[] = {
	[KVM_LEVEL_EXITS_NEEDED] = "needed",
	[KVM_LEVEL_EXITS_ALWAYS] = "always",
};

static const char *const vendors[] = {
	[KVM_LEVEL_VENDOR_NONE] = "none",
	[KVM_LEVEL_VENDOR_AMD] = "amd",
	[KVM_LEVEL_VENDOR_INTEL] = "intel",
};

static const char *const events[] = {
	[KVM_LEVEL_EVENT_BASELINE] = "baseline",
	[KVM_LEVEL_EVENT_MODE] = "mode",
	[KVM_LEVEL_EVENT_VM_CREATED] = "vm-created",
	[KVM_LEVEL_EVENT_VM_GONE] = "vm-gone",
	[KVM_LEVEL_EVENT_LEVELLED] = "levelled",
	[KVM_LEVEL_EVENT_REFUSED] = "refused",
	[KVM_LEVEL_EVENT_AUDIT] = "audit",
	[KVM_LEVEL_EVENT_ADOPTED] = "adopted",
	[KVM_LEVEL_EVENT_HOOKS] = "hooks",
};

const char *const gate_names[] = { "advertise", "admit", "exit", NULL };
const char *const vm_flag_names[] = {
	"levelled", "older", "stranded", "adopted", "watched", "above-default", NULL,
};

_Static_assert(KVM_LEVEL_GATES_EXIT == 1 << 2, "gate_names");
_Static_assert(KVM_LEVEL_VM_FLAGS_ABOVE_DEFAULT == 1 << 5, "vm_flag_names");

static const char *name_of(const char *const *names, unsigned int nr, u32 n)
{
	return n < nr && names[n] ? names[n] : "unknown";
}

static int number_of(const char *const *names, unsigned int nr, const char *name)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

const char *mode_name(u32 mode)
{
	return name_of(modes, ARRAY_SIZE(modes), mode);
}

const char *exits_name(u32 n)
{
	return name_of(exits, ARRAY_SIZE(exits), n);
}

const char *vendor_name(u32 vendor)
{
	return name_of(vendors, ARRAY_SIZE(vendors), vendor);
}

const char *event_name(u32 event)
{
	return name_of(events, ARRAY_SIZE(events), event);
}

int mode_number(const char *name)
{
	return number_of(modes, ARRAY_SIZE(modes), name);
}

int exits_number(const char *name)
{
	return number_of(exits, ARRAY_SIZE(exits), name);
}
