"""Visit the pages over HTTP as each role, as nobody, as a foreign site and as an attacker; and without scripts."""

import importlib.util
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from prevenance.kit.clock import FixedClock
from prevenance.kit.problems import ConfigurationError, PolicyError
from prevenance.kit.words import Words
from prevenance.records.answers import Refusal
from prevenance.records.screens import ROLES
from prevenance.web import create_web
from prevenance.web.access import GuardedRoute, check_all_declared, page_router, public
from prevenance.web.paths import local_path
from prevenance.web.saying import all_texts
from prevenance.web.throttle import ACCOUNT, LoginThrottle
from prevenance.web.visits import hash_of

HERE = "http://127.0.0.1:8700"
WEB = Path(__file__).resolve().parents[2] / "src" / "prevenance" / "web"
ALL = frozenset(ROLES)
DECIDERS = {"agent", "manager", "admin"}
WORKERS = ALL - {"viewer"}

# The matrix, written by hand: what the routes declare must be this, and each cell is tried below. None: anyone.
MATRIX: dict[tuple[str, str], set[str] | frozenset[str] | None] = {
    ("GET", "/"): ALL,
    ("GET", "/today"): ALL,
    ("GET", "/proposals/{decision_id}"): ALL,
    ("POST", "/proposals/{decision_id}/approve"): DECIDERS,
    ("POST", "/proposals/{decision_id}/reject"): DECIDERS,
    ("POST", "/proposals/{decision_id}/snooze"): DECIDERS,
    ("POST", "/proposals/{decision_id}/undo"): DECIDERS,
    ("GET", "/customers"): ALL,
    ("GET", "/customers/{customer_id}"): ALL,
    ("GET", "/runs"): WORKERS,
    ("GET", "/runs/{run_id}/audit"): WORKERS,
    ("GET", "/models/{target}"): ALL,
    ("POST", "/preferences/keys"): ALL,
    ("POST", "/preferences/language"): None,
    ("GET", "/login"): None,
    ("POST", "/login"): None,
    ("POST", "/logout"): None,
    ("GET", "/livez"): None,
    ("GET", "/readyz"): None,
    ("GET", "/health/ledger"): ALL,
    ("GET", "/live"): ALL,
    ("GET", "/matches"): ALL,
    ("POST", "/matches/answer"): DECIDERS,
    ("GET", "/u/{token}"): None,
    ("POST", "/u/{token}"): None,
}
FIELDS = {
    "left": "crm:C10",
    "right": "erp:K0",
    "is_same": "true",
    "reason": "wrong",
    "until": "2026-11-09",
    "language": "fr",
    "keys": "on",
    "email": "agent@mecalea.example",
    "password": "a long enough phrase",
}


def _load(name: str) -> ModuleType:
    path = Path(__file__).resolve().parents[1] / "browser" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"web_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


facts = _load("stand_in")


@pytest.fixture
def services() -> Any:
    return facts.StandIn()


@pytest.fixture
def app(services: Any) -> Any:
    return create_web(services, public_url=HERE, clock=FixedClock(facts.NOW))


def browser(app: Any, role: str | None = None, **headers: str) -> TestClient:
    """Return a browser; signed in when a role is given."""
    sent = {"Origin": HERE, "Accept": "text/html", "Accept-Language": "en", **headers}
    client = TestClient(app, base_url=HERE, headers=sent, follow_redirects=False, raise_server_exceptions=False)
    if role is not None:
        token = f"{role:x<43}"
        app.state.face.services.open_session(role, hash_of(token))
        client.cookies.set("prevenance", token)
    return client


def form_token(client: TestClient, path: str = "/today") -> str:
    found = re.search(r'name="form_token" value="(\w+)"', client.get(path).text)
    assert found is not None
    return found[1]


def post(client: TestClient, path: str, token: str | None = None, **fields: str) -> httpx.Response:
    sent = fields | {"form_token": form_token(client) if token is None else token}
    return client.post(path, data=sent)


def filled(path: str) -> str:
    places = {
        "decision_id": "d0000",
        "customer_id": facts.IDS[0],
        "run_id": "r20261101",
        "target": "churn",
        "token": "0f" * 16,
    }
    return path.format(**places)


# --- who may open what


def test_the_routes_declare_exactly_the_matrix(app):
    declared = {
        (method, route.path): route.allowed_roles for route in app.state.routes for method in route.methods - {"HEAD"}
    }
    assert declared == MATRIX


@pytest.mark.parametrize("role", [None, *ROLES])
def test_every_cell_of_the_matrix_answers_as_declared(app, role):
    tried = 0
    for (method, path), allowed in MATRIX.items():
        client = browser(app, role)
        token = form_token(client, "/login" if role is None else "/today")
        answer = client.request(method, filled(path), data=FIELDS | {"form_token": token} if method == "POST" else None)
        if allowed is None or role in allowed:
            assert answer.status_code < 400, (method, path, role, answer.status_code)
        elif role is None:
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/login?next=")
        else:
            assert answer.status_code == 403, (method, path, role)
        tried += 1
    assert tried == len(MATRIX)


def test_no_role_is_refused_without_effect(app, services):
    for role in ALL - DECIDERS:
        client = browser(app, role)
        assert post(client, "/proposals/d0000/approve").status_code == 403
    assert services.verbs == []


def test_a_route_without_a_declared_role_stops_the_start():
    router = page_router()
    with pytest.raises(ConfigurationError, match="/secret declares no role"):
        router.get("/secret")(lambda: "open")


def test_a_router_that_goes_round_the_gate_stops_the_start():
    from fastapi import APIRouter

    router = APIRouter()
    router.get("/secret")(public()(lambda: "open"))
    with pytest.raises(ConfigurationError, match="goes round the gate"):
        check_all_declared([router])
    assert not any(isinstance(route, GuardedRoute) for route in router.routes)


def test_every_page_of_the_folder_is_served_and_nothing_else(app):
    from fastapi.routing import iter_route_contexts

    served = {context.route.path for context in iter_route_contexts(app.routes) if hasattr(context.route, "path")}
    assert served - {"/static"} == {path for _, path in MATRIX}


def test_an_unknown_customer_and_an_unknown_page_look_the_same(app):
    client = browser(app, "agent")
    answers = [client.get(path) for path in ("/customers/77", "/proposals/none", "/models/none", "/nowhere")]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {re.sub(r"<code>\w+</code>", "", answer.text) for answer in answers}
    assert len(bodies) == 1


# --- forms from elsewhere


POSTS = [path for (method, path) in MATRIX if method == "POST" and "{token}" not in path]


@pytest.mark.parametrize("path", POSTS)
def test_every_form_is_refused_without_token_or_from_a_foreign_origin(app, services, path):
    client = browser(app, "admin")
    token = form_token(client)
    before = (list(services.verbs), dict(services.sessions), dict(services.preferences))
    attempts = [
        client.post(filled(path), data=FIELDS),
        client.post(filled(path), data=FIELDS | {"form_token": "0" * 64}),
        client.post(filled(path), data=FIELDS | {"form_token": token}, headers={"Origin": "https://evil.example"}),
        client.post(filled(path), data=FIELDS | {"form_token": token}, headers={"Origin": "null"}),
        client.post(filled(path), data=FIELDS | {"form_token": token}, headers={"Sec-Fetch-Site": "cross-site"}),
    ]
    client.headers.pop("Origin")
    attempts.append(client.post(filled(path), data=FIELDS | {"form_token": token}))
    attempts.append(client.post(filled(path), data=FIELDS | {"form_token": token}, headers={"Referer": "http://evil/"}))
    assert [answer.status_code for answer in attempts] == [403] * 7
    assert before == (services.verbs, services.sessions, services.preferences)


def test_a_referrer_of_ours_stands_in_for_a_missing_origin(app):
    client = browser(app, "agent")
    client.headers.pop("Origin")
    token = form_token(client)
    answer = client.post("/proposals/d0000/approve", data={"form_token": token}, headers={"Referer": f"{HERE}/today"})
    assert answer.status_code == 303


def test_another_persons_form_token_is_refused(app):
    agent, manager = browser(app, "agent"), browser(app, "manager")
    assert post(manager, "/proposals/d0000/approve", token=form_token(agent)).status_code == 403


def test_only_plain_forms_are_read(app):
    client = browser(app, "agent")
    token = form_token(client)
    assert client.post("/proposals/d0000/approve", json={"form_token": token}).status_code == 415
    assert client.post("/proposals/d0000/approve", files={"form_token": ("a", token)}).status_code == 415


def test_too_long_a_form_is_refused_before_it_is_read(app):
    client = browser(app, "agent")
    assert client.post("/login", data={"email": "x" * 70_000}).status_code == 413
    assert client.post("/login", content=iter([b"email=x"])).status_code == 411


# --- sessions and login


def sign_in(client: TestClient, email: str, password: str = facts.PASSWORD, **fields: str) -> httpx.Response:
    return post(client, "/login", token=form_token(client, "/login"), email=email, password=password, **fields)


def test_signing_in_makes_a_new_token_and_stores_only_its_hash(app, services):
    client = browser(app)
    client.get("/login")
    before = client.cookies["prevenance"]
    answer = sign_in(client, "agent@mecalea.example", next="/runs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
    after = client.cookies["prevenance"]
    assert after != before
    assert list(services.sessions) == [hash_of(after)]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]


def test_a_planted_token_opens_nothing_after_sign_in(app):
    victim, attacker = browser(app), browser(app)
    planted = "p" * 43
    victim.cookies.set("prevenance", planted)
    attacker.cookies.set("prevenance", planted)
    sign_in(victim, "agent@mecalea.example")
    assert attacker.get("/today").status_code == 303


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(app):
    client, copy = browser(app, "agent"), browser(app)
    copy.cookies.set("prevenance", client.cookies["prevenance"])
    assert copy.get("/today").status_code == 200
    assert post(client, "/logout").headers["location"] == "/login"
    assert copy.get("/today").status_code == 303


def test_an_https_installation_locks_its_cookie_and_its_transport(services):
    app = create_web(services, public_url="https://care.example.com")
    client = TestClient(app, base_url="https://care.example.com", follow_redirects=False)
    answer = client.get("/login")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-prevenance=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(app):
    def answer_to(email: str, password: str) -> tuple[int, str]:
        client = browser(app)
        answer = sign_in(client, email, password)
        return answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)

    wrong = answer_to("agent@mecalea.example", "wrong phrase")
    assert wrong == answer_to("nobody@mecalea.example", "wrong phrase")
    assert wrong[0] == 401
    assert "do not go together" in wrong[1]


def test_guessing_is_slowed_and_the_owner_still_gets_in(app, services):
    attacker = browser(app)
    statuses = [sign_in(attacker, "agent@mecalea.example", f"guess {n}").status_code for n in range(15)]
    assert statuses == [401] * 10 + [429] * 5
    assert services.n_authentications == 10
    assert "60 minutes" in sign_in(attacker, "agent@mecalea.example").text


def test_a_flood_from_many_addresses_spends_the_accounts_budget_but_not_the_owners():
    throttle = LoginThrottle(FixedClock(facts.NOW))
    assert throttle.seconds_to_wait("agent@mecalea.example", "198.51.100.1") == 0
    throttle.remember("agent@mecalea.example", "198.51.100.1")
    evaluated = sum(throttle.seconds_to_wait("AGENT@mecalea.example ", f"203.0.113.{n}") == 0 for n in range(10_000))
    assert evaluated == ACCOUNT.n_tries - 1
    assert throttle.seconds_to_wait("agent@mecalea.example", "198.51.100.1") == 0


def test_the_budget_comes_back_with_time():
    clock = _Moving(facts.NOW)
    throttle = LoginThrottle(clock)
    waits = [throttle.seconds_to_wait("a", "198.51.100.1") for _ in range(11)]
    assert waits[-1] == 3600
    clock.at += timedelta(hours=1)
    assert throttle.seconds_to_wait("a", "198.51.100.1") == 0


class _Moving:
    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self.at


def test_a_spoofed_forwarding_header_is_not_believed(app, services):
    for n in range(15):
        client = browser(app, **{"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"})
        sign_in(client, "agent@mecalea.example", "guess")
    assert services.n_authentications == 10


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\tx//evil",
        "",
        "/login",
    ],
)
def test_nobody_is_led_away(app, elsewhere):
    assert local_path(elsewhere) == "/today"
    client = browser(app)
    assert sign_in(client, "agent@mecalea.example", next=elsewhere).headers["location"] == "/today"


# --- hosts, headers, errors


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1:8701", "127.0.0.1:8700.evil.example", "127.0.0.1:8700@evil.example", "", "127.0.0.1"],
)
def test_an_unknown_host_is_refused(app, host):
    client = browser(app, "agent")
    answer = client.get("/today", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_further_hosts_are_answered_when_named(services):
    app = create_web(services, public_url=HERE, allowed_hosts=("localhost:9000", "care.example.com"))
    client = browser(app)
    answers = {host: client.get("/login", headers={"Host": host}).status_code for host in (
        "127.0.0.1:8700", "127.0.0.1:9000", "care.example.com", "care.example.com:80", "127.0.0.1:9001"
    )}  # fmt: skip
    assert list(answers.values()) == [200, 200, 200, 400, 400]


def test_forwarded_hosts_change_nothing(app):
    client = browser(app, **{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    answer = client.get("/today")
    assert answer.headers["location"] == "/login?next=%2Ftoday"
    assert "evil" not in client.get("/login").text


def test_every_answer_is_hardened(app):
    client = browser(app, "agent")
    for path in ("/today", "/login", "/nowhere", "/livez", "/static/app.css", "/runs/r20261101/audit"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert re.fullmatch(r"[0-9a-f]{16}", headers["x-request-id"])
    assert client.get("/today").headers["cache-control"] == "no-store"
    assert "immutable" in client.get("/static/app.css").headers["cache-control"]


def test_a_program_gets_a_problem_with_its_request_id(app):
    client = browser(app, "viewer", Accept="application/json")
    answer = client.get("/runs")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 403
    assert problem["code"] == "forbidden"
    assert problem["detail"] == problem["message"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["instance"] == "/runs"


def test_an_unexpected_failure_says_what_is_safe_and_tells_nothing_else(app, services, caplog):
    def broken(kind):
        raise RuntimeError("secret detail")

    services.today = broken
    answer = browser(app, "agent").get("/today")
    assert answer.status_code == 500
    assert "Your data are safe" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "secret detail" not in answer.text
    assert "content-security-policy" in answer.headers
    assert "secret detail" in caplog.text


def test_what_policy_forbids_is_a_conflict(app, services):
    def decided(*_args, **_facts):
        raise PolicyError("Somebody decided already.")

    services.approve = decided
    assert post(browser(app, "agent"), "/proposals/d0000/approve").status_code == 409


def test_a_lost_session_sends_an_enhanced_page_to_the_login(app):
    answer = browser(app, **{"HX-Request": "true"}).get("/today")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login?next=%2Ftoday")


def test_health_tells_machines_by_status(app, services):
    client = browser(app)
    assert client.get("/livez", headers={"Host": "10.0.0.7"}).status_code == 200
    assert client.get("/readyz").status_code == 200
    services.is_ready = False
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz?verbose").json()["checks"] == {"ledger": "ok", "lake": "not ready"}
    assert client.get("/livez").status_code == 200


# --- hostile text


def test_hostile_text_is_text_on_every_page(app):
    client = browser(app, "agent")
    paths = ["/today", "/proposals/d0003", "/customers", f"/customers/{facts.IDS[3]}", "/runs"]
    seen = 0
    for path in paths:
        html = client.get(path).text
        assert "<script>document" not in html
        assert "<img" not in html
        assert not re.search(r"<[^>]+\son\w+=", html)
        seen += html.count("&lt;script&gt;")
    assert seen > 10


def test_hostile_questions_are_text_too(app):
    client = browser(app, "agent")
    for attack in (facts.HOSTILE, "{{ 7 * 7 }}", '"><svg onload=alert(1)>', "' onfocus=alert(1) autofocus x='"):
        html = client.get("/customers", params={"q": attack}).text
        assert "<script>document" not in html
        assert "<svg onload" not in html
        assert not re.search(r"<[^>]+'\s+onfocus=", html.replace("&#39;", "’"))
        assert ">49<" not in html


def test_pages_hold_no_inline_script_style_or_foreign_address(app):
    client = browser(app, "agent")
    for path in ("/login", "/today", "/proposals/d0001", "/customers", f"/customers/{facts.IDS[0]}", "/runs"):
        html = client.get(path).text
        assert not re.search(r"<script(?![^>]*\ssrc=)", html), path
        assert not re.search(r"<style|\sstyle=", html), path
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html), path


# --- without scripts


def test_a_plain_form_approves_what_was_seen_and_comes_back_with_undo(app, services):
    client = browser(app, "agent")
    answer = post(client, "/proposals/d0000/approve", content_hash="hash-0")
    assert (answer.status_code, answer.headers["location"]) == (303, "/today?done=d0000")
    assert services.verbs == [("approve", "d0000", "agent", "hash-0")]
    page = client.get(answer.headers["location"]).text
    assert "Approved" in page
    assert "/proposals/d0000/undo" in page
    assert post(client, "/proposals/d0000/undo").status_code == 303
    assert services.proposal("d0000").status == "proposed"


def test_rejecting_needs_a_known_reason(app, services):
    client = browser(app, "manager")
    assert post(client, "/proposals/d0000/reject").status_code == 422
    assert post(client, "/proposals/d0000/reject", reason="because").status_code == 422
    assert services.verbs == []
    assert post(client, "/proposals/d0000/reject", reason="other", note=" on holiday ").status_code == 303
    assert services.verbs[0][3].note == "on holiday"


@pytest.mark.parametrize("until", ["2026-11-02", "2026-11-01", "2028-01-01", "someday"])
def test_snoozing_needs_a_day_that_comes(app, services, until):
    assert post(browser(app, "agent"), "/proposals/d0000/snooze", until=until).status_code == 422
    assert services.verbs == []


def test_a_refusal_is_shown_with_its_reason_and_the_proposal_stays(app, services):
    services.refusal = Refusal("opt_out", Words(fr="Le client s’est désinscrit.", en="The customer opted out."))
    answer = post(browser(app, "agent"), "/proposals/d0000/approve")
    assert answer.status_code == 409
    assert "The customer opted out." in answer.text
    assert "/proposals/d0000/approve" in answer.text


def test_an_enhanced_form_gets_the_row_and_the_counts(app):
    client = browser(app, "agent", **{"HX-Request": "true"})
    client.headers["HX-Request"] = "false"
    token = form_token(client)
    client.headers["HX-Request"] = "true"
    answer = post(client, "/proposals/d0000/approve", token=token, content_hash="hash-0")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'id="proposal-d0000"' in answer.text
    assert 'id="count-risk" hx-swap-oob="true">1<' in answer.text
    assert "13 of 20 calls planned" in answer.text


def test_a_viewer_reads_and_finds_no_button_to_decide(app):
    html = browser(app, "viewer").get("/today").text
    assert "/approve" not in html
    assert "/runs" not in html
    assert "Your role may read, not decide." in browser(app, "viewer").get("/proposals/d0000").text


def test_the_tabs_show_one_kind_and_all_counts(app):
    html = browser(app, "agent").get("/today?kind=parts").text
    assert html.count("data-row-link") == 1
    assert 'id="count-all">6<' in html
    assert browser(app, "agent").get("/today?kind=everything").status_code == 422


def test_empty_lists_say_what_comes_next(app, services):
    client = browser(app, "agent")
    services.queue = [replace(p, kind="risk") for p in services.queue]
    assert "Nothing of this kind is waiting." in client.get("/today?kind=parts").text
    services.queue = []
    assert "Nothing to do for now" in client.get("/today").text
    services.has_run = False
    assert "prevenance run" in client.get("/today").text
    assert "No run yet" in client.get("/runs").text


def test_the_timeline_turns_its_pages(app):
    client = browser(app, "agent")
    path = f"/customers/{facts.IDS[0]}"
    seen: list[str] = []
    for _ in range(5):
        html = client.get(path).text
        seen += re.findall(r'<time datetime="([^"]+)"', html)
        earlier = re.search(r'href="(/customers/\d+\?before=[^"]+)#timeline"', html)
        if earlier is None:
            break
        path = earlier[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 90
    assert seen == sorted(seen, reverse=True)


# --- two languages


def test_the_language_follows_the_browser_then_the_choice_then_the_member(app, services):
    client = browser(app, **{"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})
    assert '<html lang="fr">' in client.get("/login").text
    assert post(client, "/preferences/language", token=form_token(client, "/login"), language="en").status_code == 303
    assert '<html lang="en">' in client.get("/login").text
    member = browser(app, "agent", **{"Accept-Language": "en"})
    answer = post(member, "/preferences/language", language="fr", back="/customers?q=a")
    assert answer.headers["location"] == "/customers?q=a"
    assert services.preferences["agent"].language == "fr"
    assert '<html lang="fr">' in member.get("/today").text


def test_french_pages_keep_french_typography(app):
    client = browser(app, "agent", **{"Accept-Language": "fr"})
    pages = ["/today", f"/customers/{facts.IDS[0]}", "/runs", "/proposals/d0001"]
    text = " ".join(re.sub(r"<[^>]*>", " ", client.get(path).text) for path in pages)
    assert "18\u202f400\u00a0€" in text
    assert "41\u00a0%" in text
    assert "1\u202f284\u202f310" in text
    assert "« Planifier" not in text
    assert "«\u202fPlanifier" in text
    assert not re.search(r"\w [?!;]", text)


def test_quoted_words_say_their_own_language(app):
    html = browser(app, "agent").get(f"/customers/{facts.IDS[0]}").text
    assert '<blockquote lang="fr">' in html
    assert '<blockquote lang="en">' in html
    assert '<div class="letter" lang="fr">' in browser(app, "agent").get("/proposals/d0001").text


def test_both_languages_are_complete_and_say_the_same_facts():
    assert len(all_texts()) > 150
    for key, words in all_texts().items():
        assert words.fr.strip(), key
        assert words.en.strip(), key
        assert set(re.findall(r"{\w+}", words.fr)) == set(re.findall(r"{\w+}", words.en)), key
        assert "'" not in words.fr + words.en, f"{key}: write ’"
        assert "churn" not in (words.fr + words.en).lower(), key


def test_templates_say_only_what_is_written_and_all_of_it():
    sources = "\n".join(path.read_text() for path in [*WEB.glob("templates/**/*.html"), *WEB.rglob("*.py")])
    asked = set(re.findall(r"""\bt\(["']([a-z_]+\.[a-z_.]+)["'][,)]""", sources))
    counted = set(re.findall(r"""\btn\(["']([a-z_.]+)["'],""", sources))
    built = set(re.findall(r"""\bt\(f?"([a-z_]+\.[a-z_]+_)(?:" ~|\{)""", sources))
    built |= {"shared.channel_", "shared.basis_"}
    keys = set(all_texts())
    assert asked <= keys, asked - keys
    assert {f"{key}.{end}" for key in counted for end in ("one", "many")} <= keys
    assert all(any(key.startswith(start) for key in keys) for start in built), built
    page_titles = {f"{path.stem}.title" for path in (WEB / "pages").glob("*.py")}
    said = asked | {f"{key}.{end}" for key in counted for end in ("one", "many")} | page_titles
    unsaid = {key for key in keys - said if not key.startswith((*built, "errors."))}
    assert unsaid == set()


# --- the way out


LINK = f"/u/{'0f' * 16}"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def mail_program(app: Any) -> TestClient:
    """Return what posts a one-click link: no cookie, no origin, no language (RFC 8058)."""
    return TestClient(app, base_url=HERE, follow_redirects=False, raise_server_exceptions=False)


@pytest.mark.parametrize("sent", [{"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}])
def test_a_mail_programs_click_stops_the_messages_and_gets_an_empty_answer(app, services, sent):
    answers = [mail_program(app).post(LINK, **sent) for _ in range(3)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, "")}
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert services.stopped == {"0f" * 16: "message"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_looking_at_the_link_stops_nothing(app, services, method):
    for agent in ("Mozilla/5.0", "GoogleImageProxy", "Barracuda Sentinel"):
        mail_program(app).request(method, LINK, headers={"User-Agent": agent, "Purpose": "prefetch"})
    assert services.stopped == {}


def test_the_page_speaks_the_recipients_language_and_shows_no_whole_address(app):
    page = mail_program(app).get(f"/u/{'1e' * 16}", headers={"Accept-Language": "en"})
    assert 'lang="fr"' in page.text
    assert "a•••@e•••.com" in page.text
    assert "set-cookie" not in page.headers


def test_a_person_is_told_exactly_what_changed(app, services):
    some = mail_program(app).post(LINK, data={"shown": "yes", "scope": "message"})
    every = mail_program(app).post(LINK, data={"shown": "yes", "scope": "all"})
    assert "no more offers" in some.text
    assert "no more messages of this kind" in every.text
    assert services.stopped == {"0f" * 16: "all"}


def test_a_link_that_is_none_of_ours_tells_nothing(app, services):
    def told(answer: httpx.Response) -> tuple[int, str]:
        return answer.status_code, re.sub(r"<code>\w+</code>", "", answer.text)

    client = mail_program(app)
    wrong = ["0" * 32, "0f" * 15 + "00", "x", "%00", "é" * 16, "0F" * 16]
    answers = {told(client.get(f"/u/{token}")) for token in wrong}
    answers |= {told(client.post(f"/u/{token}", data=ONE_CLICK)) for token in wrong}
    assert [status for status, _ in answers] == [404]
    assert services.stopped == {}
