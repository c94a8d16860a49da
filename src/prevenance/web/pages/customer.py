"""Show one customer: what is likely next and why, what happened, what was agreed, and who it is in each system."""

from datetime import date, datetime
from itertools import groupby
from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from prevenance.records.ids import CustomerId
from prevenance.records.screens import LANES, Lane, TimelineEntry
from prevenance.web.access import READERS, allow, page_router
from prevenance.web.face import face_of
from prevenance.web.page import Page
from prevenance.web.problems import PageError
from prevenance.web.rendering import render_page, speech_of

router = page_router()
page = Page(name="customer", router=router)

ENTRIES_PER_PAGE = 40


@router.get("/customers/{customer_id}")
@allow(*READERS)
def customer(
    request: Request,
    customer_id: Annotated[int, Path(ge=1, lt=2**53)],
    lane: Lane | None = None,
    before: datetime | None = None,
) -> Response:
    """Show a customer; `lane` filters the timeline, `before` turns its pages."""
    services = face_of(request).services
    found = services.customer(CustomerId(customer_id))
    if found is None:
        raise PageError(404, "not_found")
    if before is not None and before.tzinfo is None:
        raise PageError(422, "bad_form")
    story = services.timeline(CustomerId(customer_id), lane=lane, before=before, limit=ENTRIES_PER_PAGE)
    days = _by_day(request, story.entries)
    template = "parts/timeline.html" if request.headers.get("HX-Request") == "true" else "customer.html"
    facts = {"customer": found, "story": story, "days": days, "lane": lane, "lanes": LANES, "before": before}
    return render_page(request, template, facts)


def _by_day(request: Request, entries: tuple[TimelineEntry, ...]) -> list[tuple[date, list[TimelineEntry]]]:
    speech = speech_of(request, face_of(request).services.company())
    return [
        (day, list(of_day)) for day, of_day in groupby(entries, key=lambda entry: speech.local_day(entry.occurred_at))
    ]
