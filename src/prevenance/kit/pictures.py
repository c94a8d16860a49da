"""Draw small pictures as SVG text, without scripts or style attributes, so that a strict page may hold them."""

from collections.abc import Sequence
from html import escape

_SIZE = 260
_MARGIN = 42
_INK, _SOFT, _LINE = "#1f4e79", "#9dbcd9", "#b0b0b0"

Point = tuple[float, float]


def calibration_picture(bins: Sequence[dict[str, float]], title: str, across: str, up: str) -> str:
    """Draw what was said against what happened, with intervals, beside the line of perfect honesty."""
    top = max([0.05, *(bin_["high"] for bin_ in bins), *(bin_["said"] for bin_ in bins)])
    marks = [_line((0, 0), (top, top), top, dashed=True)]
    for bin_ in bins:
        marks.append(_line((bin_["said"], bin_["low"]), (bin_["said"], bin_["high"]), top, colour=_SOFT))
        x, y = _place((bin_["said"], bin_["happened"]), top)
        marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_INK}"/>')
    return _frame(marks, title, across, up, top)


def gain_picture(gains: Sequence[Sequence[float]], title: str, across: str, up: str) -> str:
    """Draw which part of the cases is reached by looking at which part of the customers, beside chance."""
    points = [(0.0, 0.0), *((float(share), min(float(found), 1.0)) for share, found in gains)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place(point, 1.0) for point in points))
    marks = [
        _line((0, 0), (1, 1), 1.0, dashed=True),
        f'<polyline points="{path}" fill="none" stroke="{_INK}" stroke-width="2"/>',
    ]
    return _frame(marks, title, across, up, 1.0)


def bar_picture(bars: Sequence[tuple[str, float]], title: str) -> str:
    """Draw shares as horizontal bars with their words."""
    longest = max((share for _, share in bars), default=1.0) or 1.0
    height = 30 * len(bars) + 10
    rows = []
    for at, (words, share) in enumerate(bars):
        y = 30 * at + 5
        rows.append(f'<text x="0" y="{y + 10}" font-size="12">{escape(words)}</text>')
        rows.append(f'<rect x="0" y="{y + 14}" width="{520 * share / longest:.1f}" height="8" fill="{_INK}"/>')
    label = escape(title, quote=True)
    return f'<svg role="img" aria-label="{label}" viewBox="0 0 560 {height}" width="560">{"".join(rows)}</svg>'


def _place(point: Point, top: float) -> Point:
    inner = _SIZE - 2 * _MARGIN
    return _MARGIN + inner * point[0] / top, _SIZE - _MARGIN - inner * point[1] / top


def _line(start: Point, end: Point, top: float, *, colour: str = _LINE, dashed: bool = False) -> str:
    (x1, y1), (x2, y2) = _place(start, top), _place(end, top)
    dash = ' stroke-dasharray="4 4"' if dashed else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="2"{dash}/>'


def _frame(marks: Sequence[str], title: str, across: str, up: str, top: float) -> str:
    low, high, middle = _MARGIN, _SIZE - _MARGIN, _SIZE / 2
    axes = (
        f'<path d="M{low} {low}V{high}H{high}" fill="none" stroke="#444"/>'
        f'<text x="{middle}" y="{_SIZE - 8}" font-size="11" text-anchor="middle">{escape(across)}</text>'
        f'<text x="12" y="{middle}" font-size="11" text-anchor="middle" transform="rotate(-90 12 {middle})">'
        f"{escape(up)}</text>"
        f'<text x="{low - 4}" y="{low + 4}" font-size="10" text-anchor="end">{top:.0%}</text>'
        f'<text x="{high}" y="{high + 14}" font-size="10" text-anchor="middle">{top:.0%}</text>'
        f'<text x="{low - 4}" y="{high + 12}" font-size="10" text-anchor="end">0</text>'
    )
    label = escape(title, quote=True)
    box = f'viewBox="0 0 {_SIZE} {_SIZE}" width="{_SIZE}" height="{_SIZE}"'
    return f'<svg role="img" aria-label="{label}" {box}>{axes}{"".join(marks)}</svg>'
