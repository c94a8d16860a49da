"""Judge what a tracking client sent: each message is kept, or set aside with its reason; a body is refused as a whole.

The dialect is the tracking API of Segment and RudderStack, as their own clients speak it.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

KINDS = ("track", "identify", "page", "screen", "group", "alias")
LARGEST_MESSAGE = 32 * 1024
LARGEST_BODY = 4_500_000  # RudderStack's clients fill batches up to 4 MB, Segment's up to 500 kB
MOST_MESSAGES = 2_500
LONGEST_ID = 100
_FAR = timedelta(hours=24)
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
_CHANGES_WHEN_SENT_AGAIN = ("sentAt", "receivedAt", "writeKey", "_metadata")
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


@dataclass(frozen=True, slots=True)
class Message:
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
    reason = _reason(event)
    if reason is not None:
        given = event.get("messageId") if isinstance(event, dict) else None
        return Misfit(reason, content_hash, _text(event), str(given) if _is_id(given) else None)
    message_id = str(event.get("messageId") or make_id())
    kept = {**event, **_as_text(event), "messageId": message_id, **_four_stamps(event, stamps)}
    payload = _text(kept)
    if _size(payload) > LARGEST_MESSAGE and _size(_text(event)) > LARGEST_MESSAGE:  # our stamps do not count
        return Misfit("too_large", content_hash, payload[:LARGEST_MESSAGE], message_id)
    return Message(message_id, content_hash, payload)


def _reason(event: Any) -> Reason | None:
    if not isinstance(event, dict):
        return "no_object"
    kind = event.get("type")
    if kind not in KINDS:
        return "unknown_type"
    if any(not _is_id(event[name]) for name in _IDS if _is_given(event.get(name))):
        return "bad_id"
    if kind == "track" and not (isinstance(event.get("event"), str) and event["event"].strip()):
        return "no_event"
    return None if _names_somebody(event, kind) else "no_subject"


def _names_somebody(event: dict[str, Any], kind: str) -> bool:
    if kind == "alias":
        return bool(event.get("previousId")) and bool(event.get("userId"))
    if kind == "group" and not event.get("groupId"):
        return False
    return _is_given(event.get("userId")) or _is_given(event.get("anonymousId"))


def _is_given(value: object) -> bool:
    return value is not None and value != ""


def _is_id(value: object) -> bool:
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        value = str(value)
    return 0 < len(value) < LONGEST_ID and value.isprintable()


def _as_text(event: dict[str, Any]) -> dict[str, str]:
    """Return the ids as text: some clients send numbers."""
    given = ((name, event.get(name)) for name in _IDS)
    return {name: str(value) for name, value in given if value is not None and not isinstance(value, str)}


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
    if isinstance(event, dict):
        event = {name: value for name, value in event.items() if name not in _CHANGES_WHEN_SENT_AGAIN}
    return hashlib.sha256(msgspec.json.encode(event, order="sorted")).hexdigest()[:32]


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _text(content: Any) -> str:
    return msgspec.json.encode(content).decode()
