"""Read requests from the line, and hang up on those that talk without end."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BESIDE_THE_BODY = 256 * 1024


class BoundedLine(HttpToolsProtocol):
    """Is a connection whose requests may carry so much beside their body: the quick parser sets no limit of its own.

    Addresses, headers, trailers and the marks between chunks count; how large a body may be is up to who reads it.
    """

    _beside = 0

    def data_received(self, data: bytes) -> None:
        """Count what came, and hang up when too much of it was no body."""
        self._beside += len(data)
        super().data_received(data)
        if self._beside > MOST_BESIDE_THE_BODY:
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        """Take back what was body."""
        self._beside -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Begin anew with each request of the connection."""
        self._beside = 0
        super().on_message_complete()
