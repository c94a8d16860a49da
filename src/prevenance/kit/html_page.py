"""Lay out a report as one self-contained page: headings, sentences, tables, pictures; no script, no outside file."""

from collections.abc import Sequence
from html import escape

from prevenance.kit.words import Language, Words, number

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}.lead{font-size:1.2rem}"
    "table{border-collapse:collapse}td,th{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #ddd}"
    ".row{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:0}figcaption{font-size:.85rem;max-width:17rem}"
)


def page(title: str, language: Language, parts: Sequence[str]) -> str:
    """Return a whole page."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>"
    )


def heading(text: str) -> str:
    """Return a heading."""
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str, *, is_lead: bool = False) -> str:
    """Return a paragraph; the lead is what a reader should take away."""
    return f'<p class="lead">{escape(text)}</p>' if is_lead else f"<p>{escape(text)}</p>"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def between(interval: Sequence[float] | None, language: Language, digits: int = 3) -> str:
    """Word an interval."""
    if interval is None:
        return ""
    low, high = (number(value, language, digits) for value in interval)
    return Words(fr="entre {low} et {high}", en="between {low} and {high}").say(language, low=low, high=high)


def figures(drawn: Sequence[tuple[str, str]]) -> str:
    """Return pictures side by side, each an SVG and its caption."""
    parts = (f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>" for svg, caption in drawn)
    return f'<div class="row">{"".join(parts)}</div>'
