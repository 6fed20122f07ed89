# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
echo 'use "E_USE_CYCLE.fault"' >other.fault
echo 'use "other.fault"'
echo 'on fl_int0 return -EIO'
