"""Identity recomputed the slow, obvious way: who shares a safe number with whom; and a crowd whose truth is known."""

from collections import defaultdict
from pathlib import Path

import ibis
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crowd import crowd
from tests.stories.rows import AS_OF, lake_with, stored

from prevenance.audit import trust_expr
from prevenance.audit.placeholders import is_placeholder
from prevenance.identity import resolve
from prevenance.identity.clusters import MUST, Apart, Links, put_together
from prevenance.kit.clock import FixedClock
from prevenance.records.tables import IDENTITIES
from prevenance.storage import open_ledger

NAMESPACES = ["crm", "email", "phone", "siren"]
ODD = [
    "n/a",
    "0",
    "guest",
    "contact@x.fr",
    "ada@x.fr",
    "11111",
    "123456789",
    "04 72 00 00 01",
    "[object Object]",
    "C1042",
    " ",
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMESPACES), st.sampled_from(ODD) | st.text(max_size=12)), min_size=30))
def test_the_engine_judges_identifiers_as_python_does(ids: list[tuple[str, str]]) -> None:
    sound = [(namespace, value) for namespace, value in ids if value.isprintable()]
    table = ibis.memtable({"namespace": [n for n, _v in sound] + ["crm"], "value": [v for _n, v in sound] + ["C1"]})
    worth = ibis.duckdb.connect().to_pyarrow(table.select(w=trust_expr(table.namespace, table.value)))["w"].to_pylist()
    assert [w != "sure" for w in worth[:-1]] == [is_placeholder(namespace, value) for namespace, value in sound]


def components(pairs: list[tuple[int, int]], n: int) -> list[int]:
    """Walk from each record to all it is linked to: the first record reached names the group."""
    linked = defaultdict(set)
    for left, right in pairs:
        linked[left].add(right)
        linked[right].add(left)
    first = [-1] * n
    for start in range(n):
        waiting = [start] if first[start] < 0 else []
        while waiting:
            record = waiting.pop()
            if first[record] < 0:
                first[record] = start
                waiting += linked[record]
    return first


RECORDS = st.integers(0, 9)
LINKS = st.lists(st.tuples(RECORDS, RECORDS, st.integers(0, 2)), max_size=14)


@settings(max_examples=300, deadline=None)
@given(LINKS)
def test_without_contradiction_groups_are_connected_components(rows: list[tuple[int, int, int]]) -> None:
    links = Links.of([(a, b, rank, 1.0) for a, b, rank in rows if a != b])
    found = put_together(10, links, Apart(np.full(10, -1)), must_times={})
    assert found.anchor.tolist() == components([(a, b) for a, b, _rank in rows], 10)
    assert found.accepted.all()


@settings(max_examples=300, deadline=None)
@given(
    LINKS,
    st.lists(st.integers(-1, 2), min_size=10, max_size=10),
    st.sets(st.tuples(RECORDS, RECORDS)),
)
def test_what_is_known_to_differ_is_never_together_and_links_stay_inside_groups(
    rows: list[tuple[int, int, int]], keys: list[int], apart: set[tuple[int, int]]
) -> None:
    foes = [(a, b, 0.0) for a, b in sorted(apart) if a != b]
    links = Links.of([(a, b, rank, 1.0) for a, b, rank in rows if a != b])
    found = put_together(10, links, Apart(np.array(keys), tuple(foes)), must_times={})
    for anchor in set(found.anchor.tolist()):
        assert len({key for key, own in zip(keys, found.anchor, strict=True) if own == anchor and key >= 0}) <= 1
    assert all(found.anchor[a] != found.anchor[b] for a, b, _at in foes)
    inside = found.anchor[links.left] == found.anchor[links.right]
    assert (inside | ~found.accepted).all(), "an accepted link holds its two records together"


@settings(max_examples=300, deadline=None)
@given(LINKS, st.lists(st.tuples(RECORDS, RECORDS, st.booleans()), max_size=6))
def test_any_merges_and_unmerges_undone_restore_the_start(
    rows: list[tuple[int, int, int]], steps: list[tuple[int, int, bool]]
) -> None:
    exact = [(a, b, rank, 1.0) for a, b, rank in rows if a != b]
    no_keys = np.full(10, -1)
    before = put_together(10, Links.of(exact), Apart(no_keys), must_times={}).anchor.tolist()
    merged = sorted({(min(a, b), max(a, b)) for a, b, is_merge in steps if is_merge and a != b})
    # each merge is taken back unless the records' own links hold the two together anyway
    undone = tuple((a, b, 99.0) for a, b in merged if before[a] != before[b])
    times = {pair: float(at) for at, pair in enumerate(merged)}
    kept = {pair: at for pair, at in times.items() if (*pair, 99.0) not in undone}
    links = Links.of([*exact, *((a, b, MUST, 1.0) for a, b in kept)])
    assert put_together(10, links, Apart(no_keys, undone), must_times=kept).anchor.tolist() == before


def test_a_merge_overrules_an_older_parting_and_a_later_parting_overrules_it() -> None:
    links, keys = Links.of([(0, 1, 0, 1.0), (1, 2, MUST, 1.0)]), np.array([7, -1, 8])
    older, later = ((0, 2, 1.0),), ((0, 2, 9.0),)
    assert put_together(3, links, Apart(keys, older), must_times={(1, 2): 5.0}).anchor.tolist() == [0, 0, 0]
    assert put_together(3, links, Apart(keys, later), must_times={(1, 2): 5.0}).anchor.tolist() == [0, 0, 2]


def test_on_a_crowd_with_known_truth_no_link_is_wrong_and_most_are_found(tmp_path: Path) -> None:
    rows, truth = crowd()
    lake = lake_with(tmp_path / "lake", rows)
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock=FixedClock(AS_OF))
    report = resolve(lake, ledger, as_of=AS_OF)
    placed = {row["subject"]: row["customer_id"] for row in stored(lake, IDENTITIES)}
    by_customer = defaultdict(set)
    for subject, number in truth.items():
        by_customer[placed[subject]].add(number)
    assert all(len(numbers) == 1 for numbers in by_customer.values()), "no wrong link"
    assert report.n_probable_links >= 50
    assert len(by_customer) <= 1.15 * 150, "most companies are whole; the rest waits for a person"
