"""Tell machines whether this process lives and whether it may get work."""

from dataclasses import asdict

from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from prevenance.web.access import READERS, allow, page_router, public
from prevenance.web.face import face_of
from prevenance.web.page import Page

router = page_router()
page = Page(name="health", router=router)


@router.get("/livez")
@public()
def live() -> Response:
    """Say that this process answers; asks nothing of anything else."""
    return PlainTextResponse("ok")


@router.get("/readyz")
@public()
def ready(request: Request) -> Response:
    """Say whether what the pages need is there; `?verbose` names each part, machines read the status."""
    checks = face_of(request).services.readiness()
    status = 200 if all(check.is_ready for check in checks) else 503
    if "verbose" not in request.query_params:
        return PlainTextResponse("ok" if status == 200 else "not ready", status_code=status)
    parts = {check.name: "ok" if check.is_ready else "not ready" for check in checks}
    return JSONResponse({"status": "ok" if status == 200 else "not ready", "checks": parts}, status_code=status)


@router.get("/health/ledger")
@allow(*READERS)
def books(request: Request) -> Response:
    """Say whether the intake's books balance: `received = stored + duplicate + quarantined`, hour by hour."""
    lines = face_of(request).services.intake_books()
    is_balanced = all(line.is_balanced for line in lines)
    content = [{**asdict(line), "hour": line.hour.isoformat(), "is_balanced": line.is_balanced} for line in lines]
    return JSONResponse({"is_balanced": is_balanced, "intake": content}, status_code=200 if is_balanced else 503)
