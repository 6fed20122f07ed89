# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
printf 'on nothing_%d return -EIO\n' {1..100}
