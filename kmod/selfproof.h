/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KL_SELFPROOF_H
#define KL_SELFPROOF_H

/* Add the dummy's hook to the engine's table. */
int kl_selfproof_init(void);
/* Hook the dummy, see its wrapper and its original run, unhook it. 0, or -ENXIO. */
int kl_selfproof_run(void);

#endif /* KL_SELFPROOF_H */
