"""Judge what a tracking client sent: each message is kept, or set aside with its reason; a body is refused as a whole.

The dialect is the tracking API of Segment and RudderStack, as their own clients speak it.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

import msgspec

KINDS = ("track", "identify", "page", "screen", "group", "alias")
LARGEST_MESSAGE = 32 * 1024
LARGEST_BODY = 4_500_000  # RudderStack's clients fill batches up to 4 MB, Segment's up to 500 kB
MOST_MESSAGES = 2_500
LONGEST_ID = 100
_FAR = timedelta(hours=24)
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
_CHANGES_WHEN_SENT_AGAIN = frozenset({"sentAt", "receivedAt", "writeKey", "_metadata"})
_IDS = ("userId", "anonymousId", "groupId", "previousId", "messageId")

Reason = Literal["no_object", "unknown_type", "no_event", "no_subject", "bad_id", "too_large", "id_reuse"]
MakeId = Callable[[], str]


class RefusedError(Exception):
    """A request that is refused whole; clients read the code and the message, and when to send it again, if at all."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


class Message(NamedTuple):
    """Is one message that can be believed, as it will be kept."""

    message_id: str
    content_hash: str
    payload: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """Is one message that cannot be used, and why."""

    reason: Reason
    content_hash: str
    payload: str
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Is what one request brought: `n_received` is counted from the body, not from what became of it."""

    received_at: datetime
    n_received: int
    messages: tuple[Message, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    n_refused: int = 0


class _Stamps:
    """Is what all messages of a request share; written once for all of them."""

    def __init__(self, sent_at: datetime | None, received_at: datetime) -> None:
        self.sent_at = sent_at
        self.received_at = received_at
        self.sent_in_words = None if sent_at is None else _written(sent_at)
        self.received_in_words = _written(received_at)


def new_id() -> str:
    """Return an id for a message that came without one."""
    return f"own-{uuid.uuid4().hex}"


def open_body(body: bytes) -> dict[str, Any]:
    """Return the object in a body.

    Raises:
        RefusedError: it is no JSON object.
    """
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as problem:
        raise RefusedError(400, "bad_json", f"The body is not JSON: {str(problem)[:200]}") from problem
    if not isinstance(content, dict):
        raise RefusedError(400, "no_object", "The body must be a JSON object.")
    return content


def judge(kind: str, content: dict[str, Any], *, received_at: datetime, make_id: MakeId = new_id) -> Delivery:
    """Judge every message of a call.

    Args:
        kind: what the address said: one of `KINDS`, or `batch`.
        content: the body, from `open_body`.
        received_at: when it came.
        make_id: makes an id for a message without one.

    Raises:
        RefusedError: the call as a whole breaks a limit or is no batch.

    Example:
        >>> at = datetime(2026, 11, 1, 12, tzinfo=UTC)
        >>> body = {"userId": 7, "event": "Signed Up", "messageId": "m1", "timestamp": "2026-11-01T11:58:00Z"}
        >>> kept = judge("track", body | {"sentAt": "2026-11-01T11:59:00Z"}, received_at=at).messages[0]
        >>> msgspec.json.decode(kept.payload)["timestamp"]  # the client's clock is a minute late
        '2026-11-01T11:59:00.000000Z'
        >>> judge("track", {"userId": "7"}, received_at=at).misfits[0].reason
        'no_event'
    """
    stamps = _Stamps(_instant(content.get("sentAt")), received_at)
    if kind != "batch":
        return _delivery([_judged({**content, "type": kind}, stamps, make_id)], received_at, is_single=True)
    events = content.get("batch")
    if not isinstance(events, list):
        raise RefusedError(400, "no_batch", "The body must hold a list named `batch`.")
    if len(events) > MOST_MESSAGES:
        message = f"The batch holds {len(events)} messages; send at most {MOST_MESSAGES} at a time."
        raise RefusedError(400, "too_many", message)
    shared = {name: content[name] for name in ("context", "integrations") if isinstance(content.get(name), dict)}
    return _delivery([_judged(_merged(event, shared), stamps, make_id) for event in events], received_at)


def _delivery(judged: list[Message | Misfit], received_at: datetime, *, is_single: bool = False) -> Delivery:
    if is_single and isinstance(judged[0], Misfit) and judged[0].reason == "too_large":
        raise RefusedError(400, "too_large", f"A message has at most {LARGEST_MESSAGE // 1024} KB.")
    messages = tuple(one for one in judged if isinstance(one, Message))
    misfits = tuple(one for one in judged if isinstance(one, Misfit))
    return Delivery(received_at, len(judged), messages, misfits)


def _merged(event: Any, shared: dict[str, Any]) -> Any:  # Any: what JSON may hold
    if not shared or not isinstance(event, dict):
        return event
    own = {name: {**values, **(event.get(name) or {})} for name, values in shared.items() if _may_merge(event, name)}
    return {**event, **own}


def _may_merge(event: dict[str, Any], name: str) -> bool:
    return event.get(name) is None or isinstance(event[name], dict)


def _judged(event: Any, stamps: _Stamps, make_id: MakeId) -> Message | Misfit:
    content_hash = _content_hash(event)
    ids = _ids(event) if isinstance(event, dict) else None
    reason = _reason(event, ids)
    if reason is not None or ids is None:
        given = event.get("messageId") if isinstance(event, dict) else None
        return Misfit(reason or "bad_id", content_hash, _text(event), str(given) if _is_id(given) else None)
    message_id = ids.get("messageId") or make_id()
    kept = {**event, **ids, "messageId": message_id, **_four_stamps(event, stamps)}
    payload = _text(kept)
    if _size(payload) > LARGEST_MESSAGE and _size(_text(event)) > LARGEST_MESSAGE:  # our stamps do not count
        return Misfit("too_large", content_hash, payload[:LARGEST_MESSAGE], message_id)
    return Message(message_id, content_hash, payload)


def _ids(event: dict[str, Any]) -> dict[str, str] | None:
    """Return the ids that were given, as text: some clients send numbers; `None` when one of them can be no id."""
    found = {}
    for name in _IDS:
        value = event.get(name)
        if value is None or value == "":
            continue
        if not _is_id(value):
            return None
        found[name] = value if type(value) is str else str(value)
    return found


def _reason(event: Any, ids: dict[str, str] | None) -> Reason | None:
    if not isinstance(event, dict):
        return "no_object"
    kind = event.get("type")
    if kind not in KINDS:
        return "unknown_type"
    if ids is None:
        return "bad_id"
    if kind == "track" and not (isinstance(event.get("event"), str) and event["event"].strip()):
        return "no_event"
    return None if _names_somebody(ids, kind) else "no_subject"


def _names_somebody(ids: dict[str, str], kind: str) -> bool:
    if kind == "alias":
        return "previousId" in ids and "userId" in ids
    if kind == "group" and "groupId" not in ids:
        return False
    return "userId" in ids or "anonymousId" in ids


def _is_id(value: object) -> bool:
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        value = str(value)
    return 0 < len(value) < LONGEST_ID and value.isprintable()


def _four_stamps(event: dict[str, Any], stamps: _Stamps) -> dict[str, Any]:
    """Return the corrected time and the three it comes from.

    `timestamp = receivedAt - (sentAt - originalTimestamp)`: how long ago it was on the client's own clock. What would
    then lie more than a day ahead, or before 1970, is taken as of its receipt, and flagged.
    """
    given = event.get("originalTimestamp") or event.get("timestamp")
    original, sent_at = _instant(given), stamps.sent_at or _instant(event.get("sentAt"))
    flag = None
    corrected = stamps.received_at
    if original is None:
        flag = None if given is None else "unreadable"
    else:
        try:
            corrected = original if sent_at is None else stamps.received_at - (sent_at - original)
        except OverflowError:
            flag = "absurd"
        if corrected > stamps.received_at + _FAR:
            corrected, flag = stamps.received_at, "ahead"
        elif corrected < _OLDEST:
            corrected, flag = stamps.received_at, "absurd"
    found: dict[str, Any] = {"timestamp": _written(corrected), "receivedAt": stamps.received_in_words}
    if given is not None:
        found["originalTimestamp"] = given
    if sent_at is not None:
        found["sentAt"] = stamps.sent_in_words or _written(sent_at)
    if flag is not None:
        found["timeFlag"] = flag
    return found


def _written(instant: datetime) -> str:
    in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _content_hash(event: Any) -> str:
    """Return what tells two messages apart, leaving out what a client changes when it sends one again."""
    if isinstance(event, dict) and not _CHANGES_WHEN_SENT_AGAIN.isdisjoint(event):
        event = {name: value for name, value in event.items() if name not in _CHANGES_WHEN_SENT_AGAIN}
    return hashlib.sha256(msgspec.json.encode(event, order="sorted")).hexdigest()[:32]


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _text(content: Any) -> str:
    return msgspec.json.encode(content).decode()
