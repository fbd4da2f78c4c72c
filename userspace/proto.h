/* SPDX-License-Identifier: GPL-2.0 */
/* The protocol's numbers in words, and back. */
#ifndef KL_PROTO_H
#define KL_PROTO_H

#include "netlink.h"

const char *mode_name(u32 mode);
const char *exits_name(u32 exits);
const char *vendor_name(u32 vendor);
const char *event_name(u32 event);
/* The number of @name, or -1. */
int mode_number(const char *name);
int exits_number(const char *name);

/* Names of bits, from bit 0 on, NULL-ended. */
extern const char *const gate_names[];
extern const char *const vm_flag_names[];

#endif /* KL_PROTO_H */
