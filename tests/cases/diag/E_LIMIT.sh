# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
yes 'on mlx5_cmd_exec if pid == 1 return -EIO' | head -n 4097
