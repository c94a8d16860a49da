"""Find a customer by name, e-mail, city or number."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from prevenance.web.access import READERS, allow, page_router
from prevenance.web.face import face_of
from prevenance.web.page import Page, Place
from prevenance.web.rendering import render_page

router = page_router()
page = Page(name="customers", router=router, place=Place(position=2, path="/customers", icon="customers", key="c"))

MOST_LINES = 50


@router.get("/customers")
@allow(*READERS)
def customers(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """List the customers that answer to the words asked for."""
    found = face_of(request).services.search_customers(q.strip(), limit=MOST_LINES)
    template = "parts/found.html" if request.headers.get("HX-Request") == "true" else "customers.html"
    return render_page(request, template, {"q": q, "found": found})
