"""Take what a tracking client posts: know its key, judge its messages, keep them."""

from concurrent.futures import Future
from typing import Any

from prevenance.intake.buffer import Buffer
from prevenance.intake.keys import WriteKey, WriteKeys
from prevenance.intake.messages import LARGEST_BODY, Delivery, MakeId, RefusedError, judge, new_id, open_body
from prevenance.storage import Ledger

_UNKNOWN = "(unknown key)"


class Intake:
    """Is the intake of one installation; every verb is quick, and may be called from several threads.

    Example:
        >>> import tempfile
        >>> from prevenance.intake import balance
        >>> from prevenance.kit.clock import SystemClock
        >>> from prevenance.storage import open_ledger
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ledger = open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock())
        ...     _, secret = WriteKeys(ledger).add("shop", actor="ada")
        ...     intake = Intake(ledger)
        ...     intake.take("track", b'{"userId": "7", "event": "Signed Up"}', secrets=(secret,)).result()
        ...     intake.close()
        ...     [line] = balance(ledger)
        >>> line.received, line.stored, line.is_balanced
        (1, 1, True)
    """

    largest_body = LARGEST_BODY

    def __init__(self, ledger: Ledger, *, most_waiting: int = 20_000, make_id: MakeId = new_id) -> None:
        self.keys = WriteKeys(ledger)
        self._clock = ledger.clock
        self._buffer = Buffer(ledger, most_waiting=most_waiting)
        self._make_id = make_id

    def take(self, kind: str, body: bytes, *, secrets: tuple[str, ...], origin: str | None = None) -> Future[None]:
        """Keep what a call brings; the future is done when it is on disk.

        Args:
            kind: the call: `track`, `identify`, `page`, `screen`, `group`, `alias` or `batch`.
            body: what was sent, unpacked.
            secrets: the write keys outside the body, best first.
            origin: the web site it comes from, as the browser says.

        Raises:
            RefusedError: nothing of it is kept; it says whether the client should send it again.
        """
        key = self._first(secrets)
        try:
            content = open_body(body)
            key = key or self._first((content.get("writeKey"),))
            key = self._admitted(key, origin)
            delivery = judge(kind, content, received_at=self._clock.now(), make_id=self._make_id)
        except RefusedError:
            self.note_refusal(key)
            raise
        return self._buffer.submit(key.source, delivery)

    def note_refusal(self, key: WriteKey | None = None) -> None:
        """Count a request that was turned away whole."""
        delivery = Delivery(self._clock.now(), 0, n_refused=1)
        self._buffer.submit(_UNKNOWN if key is None else key.source, delivery)

    def close(self) -> None:
        """Write what waits, then end."""
        self._buffer.close()

    def _first(self, secrets: tuple[Any, ...]) -> WriteKey | None:  # Any: a body may hold anything as its key
        found = (self.keys.recognise(one) for one in secrets if isinstance(one, str) and one)
        return next((key for key in found if key is not None), None)

    def _admitted(self, key: WriteKey | None, origin: str | None) -> WriteKey:
        if key is None:
            raise RefusedError(401, "unknown_key", "This write key is not known here, or no longer in use.")
        if not key.lets_in(origin):
            message = f"This write key is not for pages of {origin}. Add the origin with: prevenance intake keys add"
            raise RefusedError(403, "foreign_origin", message)
        return key
