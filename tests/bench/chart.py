# SPDX-License-Identifier: GPL-2.0-or-later
"""Bar charts as plain SVG, which look the same anywhere, in light and dark."""

import html

BAR, GAP, LEFT, WIDTH, RIGHT, TOP = 22, 10, 250, 400, 90, 40
STYLE = """svg { background: #fff; font: 13px sans-serif; fill: #333 }
.ours { fill: #06c } .other { fill: #999 } .spread { stroke: #333; stroke-width: 1.5 }
.limit { stroke: #c30; stroke-dasharray: 4 4 }
@media (prefers-color-scheme: dark) {
svg { background: #111; fill: #ccc } .ours { fill: #6af } .other { fill: #777 }
.spread { stroke: #ccc } .limit { stroke: #f63 }
}"""


def bars(title, unit, rows, limit=None):
    """rows: (label, value, low, high, is faultline's); a red line at limit."""
    most = max([high for _, _, _, high, _ in rows] + ([limit] if limit else []))
    scale = WIDTH / most if most > 0 else 0
    height = TOP + len(rows) * (BAR + GAP) + GAP
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" '
           f'viewBox="0 0 {LEFT + WIDTH + RIGHT} {height}" role="img">',
           "<!-- SPDX-License-Identifier: GPL-2.0-or-later -->",
           f"<title>{html.escape(title)}</title>", "<style>", STYLE, "</style>",
           f'<text x="10" y="24" font-weight="bold">{html.escape(title)}, {html.escape(unit)}</text>']
    for n, (label, value, low, high, ours) in enumerate(rows):
        y = TOP + n * (BAR + GAP)
        middle = y + BAR / 2
        out += [f'<text x="{LEFT - 10}" y="{middle + 5}" text-anchor="end">{html.escape(label)}</text>',
                f'<rect class="{"ours" if ours else "other"}" x="{LEFT}" y="{y}" '
                f'width="{max(1, value * scale):.1f}" height="{BAR}"/>',
                f'<path class="spread" d="M{LEFT + low * scale:.1f} {middle}H{LEFT + high * scale:.1f}"/>',
                f'<text x="{LEFT + high * scale + 8:.1f}" y="{middle + 5}">{number(value)}</text>']
    if limit:
        out.append(f'<path class="limit" d="M{LEFT + limit * scale:.1f} {TOP}V{height - GAP}"/>')
    return "\n".join(out + ["</svg>"]) + "\n"


def number(value):
    """Three digits that count."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
