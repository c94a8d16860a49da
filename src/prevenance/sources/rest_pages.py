"""Ask a REST system page by page: sign in, wait when told to, renew a token that ran out, never leave its host."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.requests.retry import Client
from dlt.sources.helpers.rest_client.auth import (
    APIKeyAuth,
    BearerTokenAuth,
    HttpBasicAuth,
    OAuth2ClientCredentials,
)
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import HTTPError, Request, RequestException, Response
from requests.auth import AuthBase

from prevenance.kit.problems import SourceError
from prevenance.sources.rest_template import Auth, Endpoint, Template, at, filled, secret, untagged

_TIMEOUT_SECONDS = 60
_MOST_SAME_PAGES = 3


@dataclass
class Pages:
    """Walks through the pages of one stream; `position` is where the next reading may start."""

    template: Template
    endpoint: Endpoint
    address: str
    place: str
    values: Mapping[str, Any]  # Any: what YAML may hold
    since: str | None = None
    pause: Callable[[float], None] = time.sleep
    position: str | None = field(init=False)

    def __post_init__(self) -> None:
        self.position = self.since

    def __iter__(self) -> Iterator[list[dict[str, Any]]]:
        """Return the records of each page.

        Raises:
            SourceError: the system refuses, does not answer, or goes round in circles.
        """
        paging = _Paging(self.endpoint, self.address, self.place, self.values, self.since)
        client = _client(self.template.auth, self.address)
        try:
            pages = client.paginate(
                filled(self.endpoint.path, self.values),
                method=self.endpoint.method,
                headers=filled(self.endpoint.headers, self.values),
                paginator=paging,
                data_selector=self.endpoint.records or "$",
                allow_redirects=False,
                hooks={"response": [_refuse]},
            )
            for page in pages:
                records = [untagged(record, self.endpoint.tag) for record in page if isinstance(record, dict)]
                self._move(paging, records)
                yield records
                if paging.has_next_page:
                    self.pause(60 / self.template.requests_per_minute)
        except (RequestException, ValueError) as problem:
            raise _failed(self.place, problem) from problem

    def _move(self, paging: "_Paging", records: list[dict[str, Any]]) -> None:
        since = self.endpoint.since
        if since is None:
            return
        if since.kind == "page":
            self.position = paging.after or self.position
            return
        found = [str(value) for record in records if (value := at(record, since.field))]
        reached = [*found, *([self.position] if self.position is not None else [])]
        if reached:  # greatest, so that the cursor never walks back
            self.position = max(reached, key=float) if since.is_number else max(reached)


class _Paging(BasePaginator):
    """Turns the template's paging into requests, for dlt's client."""

    def __init__(
        self, endpoint: Endpoint, address: str, place: str, values: Mapping[str, Any], since: str | None
    ) -> None:
        super().__init__()
        self.after = since if endpoint.since is not None and endpoint.since.kind == "page" else None
        self._endpoint, self._address, self._place = endpoint, address, place
        self._values, self._since = values, since
        self._offset, self._page = 0, endpoint.paging.first
        self._seen: set[str] = set()
        self._link: str | None = None
        self._last_digest, self._n_same = b"", 0

    def init_request(self, request: Request) -> None:
        """Write the first request."""
        self.update_request(request)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Learn from an answer whether there is a next page, and how to ask for it."""
        paging, answer = self._endpoint.paging, response.json()
        if isinstance(answer, dict) and answer.get("error") and self._endpoint.method == "POST":
            raise _refused(self._place, str(answer["error"])[:300])  # JSON-RPC says 200 and means no
        if not isinstance(at(answer, self._endpoint.records), list):
            message = (
                f"{self._place} answered without a list of records at {self._endpoint.records or 'the top'!r}. "
                "Nothing was loaded; the interface changed, or the template is wrong."
            )
            raise SourceError(message, place=self._place, retry=False)
        is_last = bool(paging.more and not at(answer, paging.more)) or bool(paging.done and at(answer, paging.done))
        self._has_next_page = self._advance(response, answer, data or [], is_last=is_last) and not is_last

    def _advance(self, response: Response, answer: Any, records: list[Any], *, is_last: bool) -> bool:
        paging = self._endpoint.paging
        if paging.kind == "cursor":
            found = at(records[-1], paging.last) if paging.last and records else at(answer, paging.next or "-")
            if not found:
                return False
            self.after = str(found)
            return is_last or self._is_unseen(self.after)
        if paging.kind == "link":
            link = at(answer, paging.next) if paging.next else response.links.get("next", {}).get("url")
            self._link = self._within(str(link)) if link else None
            return self._link is not None and self._is_unseen(self._link)
        self._offset += len(records)
        self._page += 1
        # The system may give fewer than asked for, so only an empty page is the end.
        return paging.kind != "none" and bool(records) and self._is_fresh(response.content)

    def _is_fresh(self, content: bytes) -> bool:
        """Return whether pages differ; one that comes again and again would never end."""
        digest = hashlib.sha256(content).digest()
        self._n_same = self._n_same + 1 if digest == self._last_digest else 0
        self._last_digest = digest
        if self._n_same >= _MOST_SAME_PAGES:
            raise self._endless(f"page {self._page - 1}")
        return True

    def _is_unseen(self, reference: str) -> bool:
        if reference in self._seen:
            raise self._endless(reference[:80])
        self._seen.add(reference)
        return True

    def _endless(self, page: str) -> SourceError:
        message = (
            f"{self._place} gives the same page again and again ({page}), so it would never end. Nothing was loaded; "
            "try again, and tell who runs it."
        )
        return SourceError(message, place=self._place, retry=True)

    def _within(self, link: str) -> str:
        """Return a link made whole; one that leads elsewhere would carry our secret there."""
        whole = urljoin(self._address, link)
        ours, theirs = urlsplit(self._address), urlsplit(whole)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            message = f"{self._place} sends us on to another host, {theirs.netloc}. Correct `location`."
            raise SourceError(message, place=self._place, retry=False)
        return whole

    def update_request(self, request: Request) -> None:
        """Write the next request."""
        if self._link is not None:
            request.url, request.params = self._link, {}
            return
        endpoint, since = self._endpoint, self._endpoint.since
        is_first = self.after is None and self._since is None
        first = since.first if since is not None else None
        values = {
            **self._values,
            "after": self.after,
            "offset": self._offset,
            "page": self._page,
            "size": endpoint.paging.size,
            "since": self._since if self._since is not None else first,
            "first": first if is_first else None,
        }
        request.params = filled(endpoint.query, values)
        if endpoint.body is not None:
            request.json = filled(endpoint.body, values)


def _client(auth: Auth, address: str) -> RESTClient:
    signed = _auth(auth, address)
    renewed: set[int] = set()

    def renews(response: Response | None, _: BaseException | None) -> bool:
        """Sign the same request again with a new token, once, when the old one ran out."""
        if response is None or response.status_code != 401 or not isinstance(signed, OAuth2ClientCredentials):
            return False
        if id(response.request) in renewed:
            return False
        renewed.add(id(response.request))
        signed.access_token = None
        signed(response.request)
        return True

    client = Client(
        request_timeout=_TIMEOUT_SECONDS, raise_for_status=False, retry_condition=renews, request_backoff_factor=0.2
    )
    if isinstance(signed, OAuth2ClientCredentials):
        signed.session = Client(request_timeout=_TIMEOUT_SECONDS, raise_for_status=False).session
    return RESTClient(address, auth=signed, session=client.session, config=RuntimeConfiguration())


def _auth(auth: Auth, address: str) -> AuthBase | None:
    if auth.kind == "none":
        return None
    if auth.kind == "bearer":
        return BearerTokenAuth(token=secret(auth.secret))
    if auth.kind == "basic":
        return HttpBasicAuth(secret(auth.user), secret(auth.secret))
    if auth.kind == "header":
        return APIKeyAuth(name=auth.header, api_key=secret(auth.secret), location="header")
    return OAuth2ClientCredentials(
        access_token_url=urljoin(address, auth.token_path),
        client_id=secret(auth.user),
        client_secret=secret(auth.secret),
    )


def _refuse(response: Response, *_: object, **__: object) -> None:
    """Take a redirection for a refusal too: it would carry the sign-in elsewhere."""
    if response.status_code >= 300:
        message = f"HTTP {response.status_code} {response.reason}"
        raise HTTPError(message, response=response)


def _failed(place: str, problem: Exception) -> SourceError:
    answer = getattr(problem, "response", None)
    status = answer.status_code if answer is not None else None
    if status in {401, 403}:
        return _refused(place, f"HTTP {status}: the sign-in is not accepted")
    reason = f"HTTP {status}" if status is not None else type(problem).__name__
    message = f"{place} did not answer as it should: {reason}. What was loaded before stays; the next run goes on."
    return SourceError(message, place=place, status=status, retry=status is None or status == 429 or status >= 500)


def _refused(place: str, why: str) -> SourceError:
    message = f"{place} refuses: {why}. Check the address, the rights of the account and the variables that sign in."
    return SourceError(message, place=place, retry=False)
