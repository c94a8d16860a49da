"""Stateful fakes of the REST interfaces of systems, on loopback: they page, throttle, expire tokens and change.

Each speaks the requests and answers of its vendor's documentation, over one company of people that a test can change.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = Any
Answer = tuple[int, Json]


@dataclass
class Person:
    """A record that every fake can tell: its number, name, e-mail and the step at which it last changed."""

    number: int
    name: str
    email: str
    step: int
    is_deleted: bool = False

    @property
    def changed_at(self) -> str:
        return f"2026-05-{self.step // 1440 + 1:02}T{self.step // 60 % 24:02}:{self.step % 60:02}:00"


@dataclass
class FakeSystem:
    """Holds the people of a system and how it misbehaves next."""

    answer: "Callable[[FakeSystem, Asked], Answer]"
    people: dict[int, Person] = field(default_factory=dict)
    token: str = "right"  # a stand-in for a secret
    renamed: dict[str, str] = field(default_factory=dict)
    n_throttled: int = 0
    n_broken: int = 0
    n_requests: int = 0
    n_tokens_given: int = 0
    address: str = ""
    last_found: list[Person] = field(default_factory=list)
    step: int = 0

    def hire(self, n: int) -> None:
        for _ in range(n):
            number = len(self.people) + 1
            self.step += 1
            self.people[number] = Person(number, f"Zoé n° {number}", f"zoe{number}@exemple.fr", self.step)

    def rename(self, number: int, name: str) -> None:
        self.step += 1
        self.people[number].name, self.people[number].step = name, self.step

    def delete(self, number: int) -> None:
        self.step += 1
        self.people[number].is_deleted, self.people[number].step = True, self.step

    def listed(self, *, with_deleted: bool = False) -> list[Person]:
        found = [p for p in self.people.values() if with_deleted or not p.is_deleted]
        return sorted(found, key=lambda p: (p.step, p.number))


@dataclass
class Asked:
    """Holds one request."""

    path: str
    query: dict[str, str]
    body: Json
    headers: dict[str, str]


@contextmanager
def serving(system: FakeSystem) -> Iterator[str]:
    """Serve a fake on loopback; give its address."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            self.reply()

        def do_POST(self) -> None:
            self.reply()

        def reply(self) -> None:
            split = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_form = "urlencoded" in (self.headers.get("Content-Type") or "")
            body = {k: v[0] for k, v in parse_qs(raw.decode()).items()} if is_form else json.loads(raw or b"null")
            query = {k: v[0] for k, v in parse_qs(split.query).items()}
            asked = Asked(split.path, query, body, {k.lower(): v for k, v in self.headers.items()})
            system.n_requests += 1
            headers = {"Content-Type": "application/json"}
            if system.n_throttled:
                system.n_throttled -= 1
                status, content = 429, {"error": "slow down"}
                headers["Retry-After"] = "0"
            elif system.n_broken:
                system.n_broken -= 1
                status, content = 503, {"error": "try later"}
            else:
                status, content = system.answer(system, asked)
            text = json.dumps(content)
            for old, new in system.renamed.items():
                text = text.replace(f'"{old}"', f'"{new}"')
            payload = text.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(payload))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    system.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield system.address
    finally:
        server.shutdown()
        server.server_close()


def _after(people: list[Person], text: str | None, n: int) -> tuple[list[Person], int]:
    start = int(text or 0)
    return people[start : start + n], start + n


def zendesk(system: FakeSystem, asked: Asked) -> Answer:
    """Incremental cursor export: the cursor is where the stream of changes stands; ends with `end_of_stream`."""
    if not asked.headers.get("authorization", "").startswith("Basic "):
        return 401, {"error": "Couldn't authenticate you"}
    changes = system.listed(with_deleted=True)
    if "cursor" not in asked.query and "start_time" not in asked.query:
        return 400, {"error": "Missing start_time"}
    since = int(asked.query["cursor"].removeprefix("c")) if "cursor" in asked.query else -1
    page = [p for p in changes if p.step > since][:20]
    reached = page[-1].step if page else since
    users = [
        {
            "id": p.number, "name": p.name, "email": p.email, "active": not p.is_deleted, "role": "end-user",
            "created_at": "2026-01-05T08:00:00Z", "updated_at": p.changed_at + "Z",
        }
        for p in page
    ]  # fmt: skip
    is_end = not any(p.step > reached for p in changes)
    return 200, {"users": users, "after_cursor": f"c{reached}", "end_of_stream": is_end, "after_url": "…"}


def hubspot(system: FakeSystem, asked: Asked) -> Answer:
    """Lists of CRM objects: `paging.next.after`; only the asked properties."""
    if asked.headers.get("authorization") != f"Bearer {system.token}":
        return 401, {"status": "error", "category": "INVALID_AUTHENTICATION"}
    page, after = _after(system.listed(), asked.query.get("after"), 20)
    wanted = set(asked.query.get("properties", "email").split(","))
    results = [
        {
            "id": str(p.number), "archived": False,
            "createdAt": "2026-01-05T08:00:00Z", "updatedAt": f"{p.changed_at}Z",
            "properties": {k: v for k, v in {"email": p.email, "lastname": p.name}.items() if k in wanted},
        }
        for p in page
    ]  # fmt: skip
    more = after < len(system.listed())
    return 200, {"results": results, **({"paging": {"next": {"after": str(after)}}} if more else {})}


def salesforce(system: FakeSystem, asked: Asked) -> Answer:
    """SOQL over REST with `nextRecordsUrl`; tokens by client credentials, which run out."""
    if asked.path == "/services/oauth2/token":
        if asked.body.get("grant_type") != "client_credentials" or asked.body.get("client_secret") != "right":
            return 400, {"error": "invalid_client"}
        system.n_tokens_given += 1
        system.token = f"token-{system.n_tokens_given}"
        return 200, {"access_token": system.token, "token_type": "Bearer", "instance_url": system.address}
    if asked.headers.get("authorization") != f"Bearer {system.token}":
        return 401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
    fields = ["Id", "LastName", "Email", "IsDeleted", "CreatedDate", "SystemModstamp"]
    if asked.path.endswith("/describe"):
        return 200, {"fields": [{"name": system.renamed.get(name, name)} for name in fields]}
    if asked.path.endswith("/queryAll"):
        query = asked.query["q"]
        assert query.startswith("SELECT "), query
        asked_fields = query.removeprefix("SELECT ").split(" FROM ")[0].split(",")
        unknown = [name for name in asked_fields if system.renamed.get(name, name) not in fields]
        gone = [name for name in asked_fields if name in system.renamed]
        if unknown or gone:
            return 400, [{"errorCode": "INVALID_FIELD", "message": f"No such column {(unknown or gone)[0]}"}]
        since = query.split(">= ")[1].split(" ")[0][:19]
        found, start = [p for p in system.listed(with_deleted=True) if p.changed_at >= since], 0
        system.last_found = found
    else:
        found, start = system.last_found, int(asked.path.rpartition("-")[2])
    page = found[start : start + 20]
    records = [
        {
            "attributes": {"type": "Contact"}, "Id": f"003{p.number:012}", "LastName": p.name, "Email": p.email,
            "IsDeleted": p.is_deleted, "CreatedDate": "2026-01-05T08:00:00.000+0000",
            "SystemModstamp": f"{p.changed_at}.000+0000",
        }
        for p in page
    ]  # fmt: skip
    is_done = start + 20 >= len(found)
    more = {} if is_done else {"nextRecordsUrl": f"/services/data/v67.0/query/01g-{start + 20}"}
    return 200, {"totalSize": len(found), "done": is_done, "records": records, **more}


def _odoo_found(system: FakeSystem, domain: Json, options: Json) -> list[Json]:
    since = next(part[2] for part in domain if part[0] == "write_date")
    found = [p for p in system.listed() if p.changed_at.replace("T", " ") >= since]
    page = found[options["offset"] : options["offset"] + min(options["limit"], 20)]
    return [
        {
            "id": p.number, "name": p.name, "email": p.email, "active": True, "company_id": [1, "Müller"],
            "create_date": "2026-01-05 08:00:00", "write_date": p.changed_at.replace("T", " "),
        }
        for p in page
    ]  # fmt: skip


def odoo(system: FakeSystem, asked: Asked) -> Answer:
    """Odoo 19: JSON-2, bearer key, the database in a header."""
    if asked.headers.get("authorization", "").lower() != f"bearer {system.token}":
        return 401, {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}
    if asked.headers.get("x-odoo-database") != "acme" or asked.path != "/json/2/res.partner/search_read":
        return 404, {"message": "no such database or model"}
    return 200, _odoo_found(system, asked.body["domain"], asked.body)


def odoo_jsonrpc(system: FakeSystem, asked: Asked) -> Answer:
    """Odoo 18 and before: execute_kw; errors come with status 200."""
    database, user, key, model, method, [domain], options = asked.body["params"]["args"]
    if (database, user, key) != ("acme", 2, system.token):
        return 200, {"jsonrpc": "2.0", "error": {"code": 200, "message": "Odoo Server Error: Access Denied"}}
    assert (model, method) == ("res.partner", "search_read")
    return 200, {"jsonrpc": "2.0", "id": None, "result": _odoo_found(system, domain, options)}


def pipedrive(system: FakeSystem, asked: Asked) -> Answer:
    """Version 2: cursor in `additional_data`, `updated_since`."""
    if asked.headers.get("x-api-token") != system.token:
        return 401, {"success": False, "error": "unauthorized access"}
    since = asked.query.get("updated_since", "")[:19]
    found = [p for p in system.listed() if p.changed_at >= since]
    page, after = _after(found, asked.query.get("cursor"), 20)
    data = [
        {
            "id": p.number, "name": p.name, "emails": [{"value": p.email, "primary": True, "label": "work"}],
            "add_time": "2026-01-05T08:00:00Z", "update_time": f"{p.changed_at}Z", "is_deleted": False,
        }
        for p in page
    ]  # fmt: skip
    cursor = str(after) if after < len(found) else None
    return 200, {"success": True, "data": data, "additional_data": {"next_cursor": cursor}}


def chatwoot(system: FakeSystem, asked: Asked) -> Answer:
    """Numbered pages of fifteen."""
    if asked.headers.get("api_access_token") != system.token or not asked.path.startswith("/api/v1/accounts/7/"):
        return 401, {"errors": ["Invalid Access Token"]}
    number = int(asked.query.get("page", "1"))
    page = system.listed()[(number - 1) * 15 : number * 15]
    payload = [
        {"id": p.number, "name": p.name, "email": p.email, "created_at": 1_767_600_000, "custom_attributes": {}}
        for p in page
    ]
    return 200, {"meta": {"count": len(system.listed()), "current_page": str(number)}, "payload": payload}


def stripe(system: FakeSystem, asked: Asked) -> Answer:
    """Lists from the newest to the oldest; `starting_after` the last id."""
    if asked.headers.get("authorization") != f"Bearer {system.token}":
        return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
    newest = sorted(system.listed(), key=lambda p: -p.number)
    last = asked.query.get("starting_after")
    older = [p for p in newest if last is None or p.number < int(last.removeprefix("cus_"))]
    data = [
        {"id": f"cus_{p.number}", "object": "customer", "name": p.name, "email": p.email, "created": 1_767_600_000}
        for p in older[:20]
    ]
    return 200, {"object": "list", "data": data, "has_more": len(older) > 20, "url": asked.path}
