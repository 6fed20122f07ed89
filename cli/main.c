/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "annotate_cli.h"
#include "completion.h"
#include "digest_cli.h"
#include "enable_cli.h"
#include "errors.h"
#include "clang.h"
#include "rlimit.h"
#include "fmt.h"
#include "help.h"
#include "inspect.h"
#include "lsp_cli.h"
#include "merge_cli.h"
#include "options.h"
#include "run.h"
#include "session.h"
#include "supervise_cli.h"
#include "sweep_cli.h"

static int print_version(void)
{
	const char *libbpf = fl_libbpf_version();

	printf("faultline %s\n%s\nlibbpf %s\nlibclang %s\n", FL_VERSION, fl_clang_version(),
	       *libbpf == 'v' ? libbpf + 1 : libbpf, FL_LIBCLANG);
	return FL_EXIT_OK;
}

int main(int argc, char **argv)
{
	struct fl_options o;
	int status = fl_options_parse(&o, argc, argv);

	/* if it is ignored, exit statuses of children are lost */
	signal(SIGCHLD, SIG_DFL);
	if (status) {
		fl_options_release(&o);
		return status;
	}
	if (o.mode == FL_MODE_HELP && o.nfiles) {
		status = fl_script_help(&o);
	} else if (o.mode == FL_MODE_HELP) {
		fl_options_help(o.topic, stdout);
	} else if (o.mode == FL_MODE_VERSION) {
		status = print_version();
	} else if (o.mode == FL_MODE_CHECK) {
		status = fl_check(&o);
	} else if (o.mode == FL_MODE_FORMAT) {
		status = fl_fmt(&o);
	} else if (o.mode == FL_MODE_DOCTOR) {
		status = fl_doctor(&o);
	} else if (o.mode == FL_MODE_LIST) {
		status = fl_list(&o);
	} else if (o.mode == FL_MODE_EXPLAIN) {
		fl_rlimit_raise();
		status = fl_explains_rules(&o) ? fl_explain_rules(&o) : fl_explain(&o);
	} else if (o.mode == FL_MODE_LSP) {
		status = fl_lsp_command(&o);
	} else if (o.mode == FL_MODE_SWEEP) {
		fl_rlimit_raise();
		status = fl_sweep_command(&o);
	} else if (o.mode == FL_MODE_REPLAY) {
		fl_rlimit_raise();
		status = fl_replay_command(&o);
	} else if (o.mode == FL_MODE_MINIMISE) {
		fl_rlimit_raise();
		status = fl_minimise_command(&o);
	} else if (o.mode == FL_MODE_REPORT) {
		status = fl_report_command(&o);
	} else if (o.mode == FL_MODE_MERGE) {
		status = fl_merge_command(&o);
	} else if (o.mode == FL_MODE_SUPERVISE) {
		status = fl_supervise_command(&o);
	} else if (o.mode == FL_MODE_ANNOTATE) {
		status = fl_annotate_command(&o);
	} else if (o.mode == FL_MODE_ENABLE) {
		status = fl_enable_command(&o);
	} else if (o.mode == FL_MODE_COMPLETION) {
		status = fl_completion(&o);
	} else if (!o.rules && !o.nfiles && isatty(STDIN_FILENO)) {
		fl_rlimit_raise();
		status = fl_interactive(&o);
	} else if (o.emit) {
		status = fl_emit_to(&o);
	} else {
		fl_rlimit_raise();
		status = fl_run(&o);
	}
	fl_options_release(&o);
	if ((!fflush(stdout) && !ferror(stdout)) || status)
		return status;
	return fl_complain(FL_F_OUTPUT, NULL);
}
