/* SPDX-License-Identifier: GPL-2.0 */
/* The commands, one cmd_*.c per noun; @argv begins behind the verb. */
#ifndef KL_CMD_H
#define KL_CMD_H

#include "opts.h"

int cmd_status(int argc, char **argv);
int cmd_host_dump(int argc, char **argv);
int cmd_host_convert(int argc, char **argv);
int cmd_host_compare(int argc, char **argv);
int cmd_pool_compute(int argc, char **argv);
int cmd_pool_check(int argc, char **argv);
int cmd_pool_plan(int argc, char **argv);
int cmd_pool_matrix(int argc, char **argv);
int cmd_baseline_apply(int argc, char **argv);
int cmd_baseline_show(int argc, char **argv);
int cmd_baseline_verify(int argc, char **argv);
int cmd_baseline_widen(int argc, char **argv);
int cmd_baseline_narrow(int argc, char **argv);
int cmd_baseline_clear(int argc, char **argv);
int cmd_baseline_list(int argc, char **argv);
int cmd_baseline_export(int argc, char **argv);
int cmd_vm_list(int argc, char **argv);
int cmd_vm_show(int argc, char **argv);
int cmd_vm_adopt(int argc, char **argv);
int cmd_vm_watch(int argc, char **argv);
int cmd_mode(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_version(int argc, char **argv);

/* A name of a baseline on the command line: DONE, or USAGE, said why. */
int parse_name(const char *name, unsigned int most);

#endif /* KL_CMD_H */
