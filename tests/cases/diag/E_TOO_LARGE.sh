# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
head -c 2000000 /dev/zero | tr '\0' ' '
