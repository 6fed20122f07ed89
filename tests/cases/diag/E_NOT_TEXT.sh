# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
printf 'on mlx5_cmd_exec\001 return -EIO\n'
