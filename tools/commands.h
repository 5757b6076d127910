/* The subcommands: one function each, one file each. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "tools/cli.h"

/** cmd_X(c): run the subcommand X; returns the exit code of DESIGN 10. */
int cmd_init(struct cli *c);
int cmd_key_new(struct cli *c);
int cmd_key_list(struct cli *c);
int cmd_key_add(struct cli *c);
int cmd_key_remove(struct cli *c);
int cmd_key_rotate(struct cli *c);
int cmd_ingest(struct cli *c);
int cmd_ls(struct cli *c);
int cmd_report(struct cli *c);
int cmd_detect(struct cli *c);
int cmd_preview(struct cli *c);
int cmd_policy_check(struct cli *c);
int cmd_policy_test(struct cli *c);
int cmd_policy_explain(struct cli *c);
int cmd_policy_apply(struct cli *c);
int cmd_policy_diff(struct cli *c);
int cmd_serve(struct cli *c);
int cmd_status(struct cli *c);
int cmd_session_list(struct cli *c);
int cmd_session_end(struct cli *c);
int cmd_export(struct cli *c);
int cmd_fsck(struct cli *c);
int cmd_erase(struct cli *c);
int cmd_gc(struct cli *c);
int cmd_project_end(struct cli *c);
int cmd_work_list(struct cli *c);
int cmd_work_export(struct cli *c);
int cmd_work_flags(struct cli *c);
int cmd_flag(struct cli *c);
int cmd_run(struct cli *c);
int cmd_mount(struct cli *c);
int cmd_audit_verify(struct cli *c);
int cmd_audit_log(struct cli *c);
int cmd_audit_replay(struct cli *c);
int cmd_doctor(struct cli *c);
int cmd_version(struct cli *c);
int cmd_man(struct cli *c);
int cmd_completion(struct cli *c);
int cmd_child(struct cli *c);
int cmd_external(struct cli *c);
int cmd_session(struct cli *c);

#endif
