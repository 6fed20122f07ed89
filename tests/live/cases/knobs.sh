# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# What changes while rules are armed. The program calls the targets itself.

test_knobs() {
	need_full
	"$(dirname "$faultline")/../tests/live/knobs_live" || fail "see above"
}
