# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# the same file by ever longer paths
ln -sfn . loop
echo 'use "loop/E_USE_CYCLE-4.fault"'
echo 'on fl_int0 return -EIO'
