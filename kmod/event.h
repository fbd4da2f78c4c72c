/* SPDX-License-Identifier: GPL-2.0 */
/* Events, by multicast to whoever listens (levelctl monitor). */
#ifndef KL_EVENT_H
#define KL_EVENT_H

#include "vm.h"

/* Between the two the family is there; not under kl_mutex. */
void kl_events_start(void);
void kl_events_stop(void);

/* May sleep.  Nothing is built while nobody listens. */
void kl_event_vm(u32 event, u32 vm_id, int on);	/* @on < 0: nothing to be on or off */
void kl_event_place(u32 event, struct kl_vm *vm, const struct kl_place *at);
void kl_event_baseline(const struct kl_baseline *b, unsigned int stranded); /* NULL: cleared */
void kl_event_mode(void);
void kl_event_text(u32 event, const char *text);

#endif /* KL_EVENT_H */
