"""Put linked records together, and keep apart what is known to be different.

Most groups hold no contradiction: they are connected components, found at once. Where a group would hold two
registration numbers, two accounts, or a pair that a person has parted, its links are weighed one by one, strongest
first; a record that fits two sides equally well joins neither (precision before recall, A3).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Indexes = npt.NDArray[np.int64]

MUST = -1  # the rank of a link that a person has ordered


@dataclass(frozen=True, slots=True)
class Links:
    """Holds links between records by position: who, how strong (`rank`, lower is stronger), how probable."""

    left: Indexes
    right: Indexes
    rank: Indexes
    probability: npt.NDArray[np.float64]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int, float]]) -> "Links":
        """Return links from rows of left, right, rank, probability.

        Example:
            >>> Links.of([(0, 1, 0, 1.0)]).rank.tolist()
            [0]
        """
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        left, right, rank = (np.asarray(column, dtype=np.int64) for column in columns[:3])
        return cls(left, right, rank, np.asarray(columns[3], dtype=np.float64))


@dataclass(frozen=True)
class Apart:
    """Holds what keeps records apart.

    Attributes:
        keys: one code per record; two records with different codes are different (-1: unknown).
        pairs: pairs of records that are known to be different, with the moment at which a person said so (0: the data
            say so).
    """

    keys: Indexes
    pairs: tuple[tuple[int, int, float], ...] = ()


@dataclass(frozen=True)
class Clusters:
    """Holds the group of each record - the position of its first record - and which links were taken."""

    anchor: Indexes
    accepted: npt.NDArray[np.bool_]


def put_together(n_records: int, links: Links, apart: Apart, *, must_times: dict[tuple[int, int], float]) -> Clusters:
    """Return the group of each record.

    Args:
        n_records: how many there are.
        links: what speaks for putting them together; those of rank `MUST` are a person's word.
        apart: what speaks against.
        must_times: when a person ordered a link; it overrules a parting that is older.

    Example:
        >>> links = Links.of([(0, 1, 0, 1.0), (1, 2, 1, 1.0), (3, 2, 9, 0.995)])
        >>> put_together(4, links, Apart(np.array([7, -1, 8, -1])), must_times={}).anchor.tolist()
        [0, 0, 2, 2]
    """
    component = _components(n_records, links)
    accepted = np.ones(len(links.left), dtype=bool)
    anchor = _first_of(component)
    for members in _contradictory(component, apart, links):
        chosen = _weigh(members, links, apart, must_times)
        anchor[members.records] = chosen.anchors
        accepted[members.links] = chosen.accepted
    return Clusters(anchor, accepted)


@dataclass(frozen=True)
class _Members:
    records: Indexes
    links: Indexes


@dataclass(frozen=True)
class _Chosen:
    anchors: Indexes
    accepted: npt.NDArray[np.bool_]


def _components(n_records: int, links: Links) -> Indexes:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array(
        (np.ones(len(links.left), dtype=np.int8), (links.left, links.right)), shape=(n_records, n_records)
    )
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, dtype=np.int64)


def _first_of(component: Indexes) -> Indexes:
    _, first, inverse = np.unique(component, return_index=True, return_inverse=True)
    return np.asarray(first[inverse], dtype=np.int64)


def _contradictory(component: Indexes, apart: Apart, links: Links) -> list[_Members]:
    """Return the components in which something speaks against."""
    keyed = apart.keys >= 0
    seen = np.unique(np.stack([component[keyed], apart.keys[keyed]]), axis=1)[0] if keyed.any() else component[:0]
    doubled, n_keys = np.unique(seen, return_counts=True)
    suspects = {int(c) for c in doubled[n_keys > 1]}
    suspects |= {int(component[a]) for a, b, _ in apart.pairs if component[a] == component[b]}
    if not suspects:
        return []
    wanted = np.array(sorted(suspects), dtype=np.int64)
    records = np.flatnonzero(np.isin(component, wanted))
    held = np.flatnonzero(np.isin(component[links.left], wanted))
    by_record = _split(component[records], records)
    by_link = _split(component[links.left[held]], held)
    return [_Members(by_record[c], by_link[c]) for c in sorted(suspects)]


def _split(labels: Indexes, values: Indexes) -> dict[int, Indexes]:
    order = np.argsort(labels, kind="stable")
    names, starts = np.unique(labels[order], return_index=True)
    return dict(zip(names.tolist(), np.split(values[order], starts[1:]), strict=True))


@dataclass
class _Group:
    """Grows while links are weighed; knows the codes it holds and what it must stay away from."""

    records: set[int]
    keys: set[int]
    foes: dict[int, float] = field(default_factory=dict)

    def clashes_with(self, other: "_Group", *, said_at: float = -1.0) -> bool:
        """Say whether the two are known to be different, unless a person later said that they are one."""
        is_ordered = said_at >= 0
        if not is_ordered and self.keys and other.keys and self.keys.isdisjoint(other.keys):
            return True
        return any(record in other.records and at >= said_at for record, at in self.foes.items())

    def take(self, other: "_Group") -> None:
        self.records |= other.records
        self.keys |= other.keys
        self.foes |= other.foes


def _weigh(members: _Members, links: Links, apart: Apart, must_times: dict[tuple[int, int], float]) -> _Chosen:
    group_of = _alone(members, apart)
    taken = np.zeros(len(members.links), dtype=bool)
    # the data's own links come first (they were there before anybody spoke), then a person's, then the probable ones
    ranks = sorted({int(r) for r in links.rank[members.links]}, key=lambda rank: 8.5 if rank == MUST else rank)
    for rank in ranks:
        chosen = [i for i in range(len(members.links)) if links.rank[members.links[i]] == rank]
        chosen.sort(key=lambda i: _strength(links, int(members.links[i]), must_times))
        pairs = [(int(links.left[members.links[i]]), int(links.right[members.links[i]])) for i in chosen]
        torn = _torn(pairs, group_of) if rank != MUST else set()
        for i, (left, right) in zip(chosen, pairs, strict=True):
            a, b = group_of[left], group_of[right]
            said_at = must_times.get((left, right), -1.0) if rank == MUST else -1.0
            if a is b:
                taken[i] = True
            elif id(a) not in torn and id(b) not in torn and not a.clashes_with(b, said_at=said_at):
                a.take(b)
                group_of.update(dict.fromkeys(b.records, a))
                taken[i] = True
    anchors = np.array([min(group_of[int(record)].records) for record in members.records], dtype=np.int64)
    return _Chosen(anchors, taken)


def _strength(links: Links, link: int, must_times: dict[tuple[int, int], float]) -> tuple[float, float, int, int]:
    left, right = int(links.left[link]), int(links.right[link])
    return (-must_times.get((left, right), 0.0), -float(links.probability[link]), left, right)


def _alone(members: _Members, apart: Apart) -> dict[int, _Group]:
    own = {int(r): _Group({int(r)}, {int(apart.keys[r])} - {-1}) for r in members.records}
    for a, b, at in apart.pairs:
        if a in own and b in own:
            own[a].foes[b] = max(at, own[a].foes.get(b, at))
            own[b].foes[a] = max(at, own[b].foes.get(a, at))
    return own


def _torn(pairs: list[tuple[int, int]], group_of: dict[int, _Group]) -> set[int]:
    """Return the groups that two clashing groups claim at once."""
    claims: dict[int, dict[int, _Group]] = {}
    for left, right in pairs:
        a, b = group_of[left], group_of[right]
        if a is not b and not a.clashes_with(b):
            claims.setdefault(id(a), {})[id(b)] = b
            claims.setdefault(id(b), {})[id(a)] = a
    return {claimed for claimed, claimants in claims.items() if _any_clash(list(claimants.values()))}


def _any_clash(groups: list[_Group]) -> bool:
    return any(a.clashes_with(b) for i, a in enumerate(groups) for b in groups[i + 1 :])
