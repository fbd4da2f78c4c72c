/* SPDX-License-Identifier: GPL-2.0 */
/* Host dumps as arguments: what every command that takes a pool's hosts does first. */
#ifndef KL_INPUTS_H
#define KL_INPUTS_H

#include "host.h"

/* All hosts of the files @argv into @hosts: 0, or -1 said why and there is none. */
int inputs_read(int argc, char **argv, struct hosts *hosts);

/*
 * Raw CPUID is not what KVM offers: a pool of it would promise what no guest can
 * be given.  How many dumps are raw, or -1 if there are and not @raw_ok, said.
 */
int inputs_check_sources(const struct hosts *hosts, bool raw_ok);

/* Only warn of them. */
void inputs_warn_of_raw(const struct hosts *hosts);

#endif /* KL_INPUTS_H */
