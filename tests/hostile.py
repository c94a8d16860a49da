"""Make what a tracking client should never send, seeded: each request is wrong in its own way."""

# ruff: noqa: E501 - tables of hostile text read better unbroken

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KINDS = ("track", "identify", "page", "screen", "group", "alias")
PATHS = (*(f"/v1/{kind}" for kind in (*KINDS, "batch", "batch", "batch")), "/t", "/b", "/v1/p", "/beacon/v1/batch")
TEXTS = (
    "", " ", "null", "undefined", "[object Object]", "NaN", "élève", "\u202egnp.exe", "a\x00b", "\r\nX-Evil: 1", "é" * 99, "x" * 100,
    "x" * 5000, "' OR 1=1 --", "=cmd()", "<script>", "../../etc", "𝔘𝔫𝔦", "\ufeff", "%00", "{{7*7}}", "\x7f", "\u2028",
)  # fmt: skip
STAMPS = (
    "0000-00-00T00:00:00Z", "9999-12-31T23:59:59Z", "-0001-01-01", "2026-02-30T25:61:61Z", "0001-01-01T00:00:00+23:59", "now", "1e400",
    "2026-11-01T12:00:00", "2026-11-01", "9999-12-31T23:59:59-23:59", "12026-01-01T00:00:00Z", "2026-W01-1",
)  # fmt: skip
FIELDS = (
    "type", "event", "userId", "anonymousId", "groupId", "previousId", "messageId", "timestamp", "originalTimestamp", "sentAt",
    "context", "integrations", "properties", "traits", "name", "channel", "_metadata", "__proto__", "constructor", "writeKey", "batch",
)  # fmt: skip


@dataclass(frozen=True)
class Attack:
    """Is one request; `plain` is what its body says once unpacked."""

    path: str
    body: bytes
    plain: bytes
    headers: dict[str, str] = field(default_factory=dict)


def attack(chance: random.Random) -> Attack:
    """Make one."""
    path = chance.choice(PATHS)
    plain = chance.choice(WAYS)(chance, path)
    headers = {
        "Content-Type": chance.choice(
            ("application/json", "text/plain", "", "multipart/form-data", "application/json; charset=utf-16")
        )
    }
    if chance.random() < 0.1:
        headers["Authorization"] = chance.choice(
            ("Basic", "Basic !!!", "Basic Og==", "Bearer x", "Basic " + "A" * 9000, "Digest a=b", "\xff")
        )
    if chance.random() < 0.2:
        return _packed(chance, path, plain, headers)
    return Attack(path, plain, plain, headers)


def _packed(chance: random.Random, path: str, plain: bytes, headers: dict[str, str]) -> Attack:
    packed = gzip.compress(plain, 1)
    ways: tuple[tuple[str, bytes], ...] = (
        ("gzip", packed),
        ("gzip", packed[: len(packed) // 2]),  # cut short
        ("gzip", plain),  # a lie
        ("gzip", packed + packed),  # two members
        ("gzip", packed + b"\x00junk"),
        ("deflate", packed),
        ("br, gzip", packed),
        ("GZIP ", packed),
    )
    encoding, body = chance.choice(ways)
    return Attack(path, body, plain, {**headers, "Content-Encoding": encoding})


def value(chance: random.Random, depth: int = 3) -> Any:
    """Make any JSON value."""
    simple: tuple[Callable[[], Any], ...] = (
        lambda: None,
        lambda: chance.random() < 0.5,
        lambda: chance.choice((0, -1, 7, 2**31, 2**63, 2**64, 10**30, -(10**300), 1e308, -0.0, 0.1)),
        lambda: chance.choice(TEXTS),
        lambda: chance.choice(STAMPS),
    )
    if depth == 0 or chance.random() < 0.7:
        return chance.choice(simple)()
    if chance.random() < 0.5:
        return [value(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {chance.choice((*FIELDS, *TEXTS)): value(chance, depth - 1) for _ in range(chance.randrange(5))}


def message(chance: random.Random) -> Any:
    """Make a message that is nearly right: a few of its fields hold what they should not, or are missing."""
    if chance.random() < 0.05:
        return value(chance)
    right: dict[str, Any] = {
        "type": chance.choice(KINDS), "event": "Order Completed", "userId": f"u{chance.randrange(99)}", "groupId": "g1", "previousId": "p1",
        "messageId": f"m{chance.randrange(10**12)}", "timestamp": "2026-11-01T12:00:00.000Z", "properties": {"total": 12.5},
    }  # fmt: skip
    for _ in range(chance.randrange(3)):
        right[chance.choice(FIELDS)] = value(chance)
    for _ in range(chance.randrange(2)):
        right.pop(chance.choice(tuple(right)))
    return right


def _spelled(chance: random.Random, path: str) -> bytes:
    content = (
        {"batch": [message(chance) for _ in range(chance.randrange(1, 6))]}
        if path.endswith(("batch", "/b"))
        else message(chance)
    )
    if isinstance(content, dict) and chance.random() < 0.5:
        content["sentAt"] = value(chance)
    return json.dumps(content, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _flipped(chance: random.Random, path: str) -> bytes:
    body = bytearray(_spelled(chance, path))
    for _ in range(chance.randrange(1, 6)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body)


def _cut(chance: random.Random, path: str) -> bytes:
    body = _spelled(chance, path)
    return body[: chance.randrange(len(body))]


def _raw(chance: random.Random, path: str) -> bytes:
    return chance.randbytes(chance.randrange(200))


def _deep(chance: random.Random, path: str) -> bytes:
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    n = chance.choice((50, 500, 2_000, 5_000))
    deep = opening * n + b"1" + closing * n
    return deep if chance.random() < 0.3 else b'{"userId":"u","event":"e","type":"track","properties":' + deep + b"}"


def _wide(chance: random.Random, path: str) -> bytes:
    n = chance.choice((100, 3_000, 20_000))
    return json.dumps({"userId": "u", "event": "e", "properties": {f"k{i}": i for i in range(n)}}).encode()


def _long(chance: random.Random, path: str) -> bytes:
    return json.dumps({"userId": "u", "event": "e", "text": "é" * chance.choice((16_000, 17_000, 40_000))}).encode()


def _crowded(chance: random.Random, path: str) -> bytes:
    n = chance.choice((0, 2_499, 2_500, 2_501, 6_000)) if chance.random() < 0.1 else chance.randrange(50)
    return json.dumps({"batch": [chance.choice((1, None, "x", [], {}))] * n}).encode()


def _written_by_hand(chance: random.Random, path: str) -> bytes:
    return chance.choice((
        b'{"userId":"u","event":"e","n":NaN}', b'{"userId":"u","event":"e","n":Infinity}', b'{"userId":"u","event":"e","n":1e999}',
        b'{"userId":"u","userId":"v","event":"e"}', b'{"userId":"\\ud800","event":"e"}', b'{"userId":"u","event":"\\udc00\\ud800"}',
        b'{"userId":"u\\u0000","event":"e"}', b'{"userId":"\xff\xfe","event":"e"}', '{"userId":"u","event":"e"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"userId":"u","event":"e"}', b'{"userId":"u","event":"e","n":' + b"9" * 4_000 + b"}", b"", b" ", b"null", b"0", b'""',
        b"[]", b"{}", b'{"batch":{}}', b'{"batch":null}', b'{"batch":"x"}', b'{"batch":[[[]]]}', b'{"userId":"u","event":"e"}{"userId":"v"}',
        b"{'userId':'u'}", b'{"userId":"u","event":"e",}', b"userId=u&event=e", b"--x\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--x--",
        b'{"batch":[{"type":"track","userId":"u","event":"e","messageId":"same"},{"type":"track","userId":"u","event":"f","messageId":"same"}]}',
    ))  # fmt: skip


WAYS: tuple[Callable[[random.Random, str], bytes], ...] = (
    *(_spelled,) * 12, *(_flipped,) * 5, *(_cut,) * 3, _raw, *(_written_by_hand,) * 6, _deep, _wide, _long, _crowded,
)  # fmt: skip
