# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
printf 'on mlx5_cmd_exec if '
printf '(%.0s' {1..300}
printf 'pid'
printf ')%.0s' {1..300}
printf ' return -EIO\n'
