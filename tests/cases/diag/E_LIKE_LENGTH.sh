# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
printf 'on fl_string if str(name) like "'
printf 'a?%.0s' {1..200}
printf '" return -EIO\n'
