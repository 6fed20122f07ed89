# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
for ((i = 0; i < 50; i++)); do
	echo "use \"deep$((i + 1)).fault\"" >"deep$i.fault"
done
echo 'on fl_int0 return -EIO' >"deep$i.fault"
echo 'use "deep0.fault"'
