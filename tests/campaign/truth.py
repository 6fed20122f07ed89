# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of planted bugs, bugs.truth."""


def read_truth(path, checks, cases):
    """Yields name, function and kinds of each row, but those of other cases, and those
    that take a kernel with checks if there is none."""
    with open(path, encoding="utf-8") as table:
        for line in table:
            if line.startswith("#") or not line.strip():
                continue
            name, function, needs, kinds = (w for w in line.strip().split("\t") if w)
            if (checks or needs == "any") and (not cases or name in cases):
                yield name, function, kinds.split(",")
