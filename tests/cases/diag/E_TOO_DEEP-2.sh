# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
printf 'on mlx5_cmd_exec if pid == 0'
printf ' || pid == %d' {1..3000}
printf ' return -EIO\n'
