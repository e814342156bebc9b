"""Small plots side by side as one SVG, both axes logarithmic: a straight line from corner to corner is a cost that is linear."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, ACROSS = 300, 230, 3  # of one plot with its margins; plots in a row
LOOK = 'font-family="sans-serif" font-size="11" role="img"'
LEFT, RIGHT, TOP, BOTTOM = 52, 18, 44, 30
INK, QUIET, GRID, LINE, BACK = "#24292f", "#6e7781", "#d0d7de", "#0969da", "#ffffff"


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: (size, cost) in growing order."""

    title: str
    unit: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Whole powers of ten, from `low` to `high`, on so many pixels from `start`."""

    low: int
    high: int
    start: float
    length: float

    def at(self, value: float) -> float:
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * self.length

    @property
    def ticks(self) -> range:
        return range(self.low, self.high + 1)


def draw(panels: Sequence[Panel]) -> str:
    """The SVG. The dashed line of each plot is what would be linear, from its first point on."""
    rows = math.ceil(len(panels) / ACROSS)
    width, height = WIDTH * ACROSS, HEIGHT * rows
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {LOOK}>',
        f"<title>{escape('; '.join(panel.title for panel in panels))}</title>",
        f'<rect width="{width}" height="{height}" fill="{BACK}"/>',
    ]
    for place, panel in enumerate(panels):
        parts.append(f'<g transform="translate({place % ACROSS * WIDTH} {place // ACROSS * HEIGHT})">')
        parts += [*_panel(panel), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel) -> list[str]:
    sizes, costs = zip(*panel.points, strict=True)
    across = _axis(sizes, LEFT, WIDTH - LEFT - RIGHT)
    # As many powers of ten up as across, at least: so that what is flat looks flat.
    up = _axis(costs, HEIGHT - BOTTOM, -(HEIGHT - TOP - BOTTOM), at_least=across.high - across.low)
    lines = [
        f'<text x="{LEFT}" y="18" fill="{INK}" font-size="13" font-weight="bold">{escape(panel.title)}</text>',
        f'<text x="{LEFT}" y="34" fill="{QUIET}">{escape(panel.unit)}</text>',
    ]
    for tick in across.ticks:
        x = across.at(10**tick)
        lines.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="{GRID}"/>')
        lines.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" fill="{QUIET}" text-anchor="middle">{_short(tick)}</text>')
    for tick in up.ticks:
        y = up.at(10**tick)
        lines.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{GRID}"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" fill="{QUIET}" text-anchor="end">{_short(tick)}</text>')
    end = min(sizes[-1], sizes[0] * 10**up.high / costs[0])
    linear = ((sizes[0], costs[0]), (end, costs[0] * end / sizes[0]))
    lines.append(f'<polyline points="{_points(linear, across, up)}" fill="none" stroke="{QUIET}" stroke-dasharray="4 4"/>')
    lines.append(f'<polyline points="{_points(panel.points, across, up)}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    lines += [f'<circle cx="{across.at(size):.1f}" cy="{up.at(cost):.1f}" r="3" fill="{LINE}"/>' for size, cost in panel.points]
    return lines


def _axis(values: Sequence[float], start: float, length: float, *, at_least: int = 1) -> _Axis:
    low = math.floor(math.log10(min(values)) + 1e-9)
    high = max(math.ceil(math.log10(max(values)) - 1e-9), low + at_least)
    return _Axis(low, high, start, length)


def _points(points: Sequence[tuple[float, float]], across: _Axis, up: _Axis) -> str:
    return " ".join(f"{across.at(size):.1f},{up.at(cost):.1f}" for size, cost in points)


def _short(power: int) -> str:
    """A power of ten in few characters: 0.01, 1, 100, 10 k, 1 M."""
    names = {3: "1 k", 4: "10 k", 5: "100 k", 6: "1 M", 7: "10 M"}
    return names.get(power, f"{10.0**power:g}")
