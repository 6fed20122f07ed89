# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Files that use one another, the last of them one too many.
for ((i = 1; i <= 33; i++)); do
	printf 'use "deep%d.fault"\n' $((i + 1)) >"deep$i.fault"
done
printf 'use "deep1.fault"\non fl_int0 return -EIO\n'
