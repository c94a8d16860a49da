"""Let a person in and out: same answer for an unknown address as for a wrong password, and a new token each time."""

from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from prevenance.web.access import page_router, public
from prevenance.web.face import face_of
from prevenance.web.page import Page
from prevenance.web.paths import local_path
from prevenance.web.rendering import render_page, visit_of
from prevenance.web.visits import hash_of

router = page_router()
page = Page(name="login", router=router)


@router.get("/login")
@public()
def login_page(request: Request, next: str = "/today") -> Response:  # noqa: A002  # the word people see in the address
    """Ask who is there; a person already signed in goes on."""
    if visit_of(request).member is not None:
        return RedirectResponse(local_path(next), status_code=303)
    return render_page(request, "login.html", {"next": local_path(next), "email": "", "problem": None, "minutes": 0})


@router.post("/login")
@public()
def sign_in(
    request: Request,
    email: Annotated[str, Form(max_length=254)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    next: Annotated[str, Form(max_length=2048)] = "/today",  # noqa: A002  # as above
) -> Response:
    """Open a session for the right password, or say again."""
    face = face_of(request)
    address = request.client.host if request.client else "unknown"
    again = {"next": local_path(next), "email": email}
    wait = face.throttle.seconds_to_wait(email, address)
    if wait:
        response = render_page(
            request, "login.html", {**again, "problem": "throttled", "minutes": -(-wait // 60)}, status=429
        )
        response.headers["Retry-After"] = str(wait)
        return response
    member = face.services.authenticate(email, password)
    if member is None:
        return render_page(request, "login.html", {**again, "problem": "wrong", "minutes": 0}, status=401)
    face.throttle.remember(email, address)
    token = face.new_token()
    face.services.open_session(member.user_id, hash_of(token))
    welcome = RedirectResponse(local_path(next), status_code=303)
    face.cookies.write(welcome, token)
    return welcome


@router.post("/logout")
@public()
def sign_out(request: Request) -> Response:
    """End the session here and in the store."""
    face = face_of(request)
    face.services.close_session(hash_of(visit_of(request).token))
    response = RedirectResponse("/login", status_code=303)
    face.cookies.clear(response)
    return response
