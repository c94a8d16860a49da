"""Group customers by which features of the product they use, and name each group by what it uses more than others.

K-means on the square roots of shares (Hellinger distance), the number of groups by silhouette (Rousseeuw 1987). A
group's name is made of the one or two features that stand out in it, so that it means the same in every run; two groups
in which the same features stand out are one.
"""

from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
from ibis import _

from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Words
from prevenance.storage import Lake
from prevenance.timeline import Timeline

SEGMENTATION = "usage"
WORDS = Words(fr="Usage du produit sur 12 semaines", en="Use of the product over 12 weeks")
_WEEKS = timedelta(weeks=12)
_MOST_FEATURES = 12
_ENOUGH = 10  # uses from which shares say something
_MOST_FITTED = 20_000
_CLEAR = 0.15  # silhouette below which there are no groups worth a name
_STANDS_OUT, _LEAST_SHARE = 1.4, 0.1
_UNUSED, _LITTLE, _VARIED = "unused", "little", "varied"
_NAMED = {
    _UNUSED: Words(fr="ne se sert d’aucune fonction", en="uses no feature"),
    _LITTLE: Words(fr="s’en sert rarement", en="uses it rarely"),
    _VARIED: Words(fr="se sert d’un peu de tout", en="uses a bit of everything"),
}
_MAINLY = Words(fr="surtout {features}", en="mainly {features}")
_JOIN = "+"

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Centres:
    features: tuple[str, ...]
    places: Values
    names: tuple[str, ...]


def usage_words(segment: str) -> Words:
    """Return what a group's name says.

    Example:
        >>> usage_words("exports+reports").fr
        'surtout exports et reports'
    """
    if segment in _NAMED:
        return _NAMED[segment]
    parts = segment.split(_JOIN)
    return Words(fr=_MAINLY.say("fr", features=" et ".join(parts)), en=_MAINLY.say("en", features=" and ".join(parts)))


def usage_groups(lake: Lake, timeline: Timeline, customers: ir.Table) -> ir.Table | None:
    """Return `customer_id` and `segment` for these customers; `None` when nobody uses any feature.

    Groups are learned from at most 20,000 customers; everybody is placed by one expression.
    """
    since = naive_utc(timeline.as_of) - _WEEKS
    used = timeline.events.filter(_.kind == "feature_used", _.occurred_at >= since, _.label.notnull())
    ranked = used.group_by("label").agg(n=_.count()).order_by([ibis.desc("n"), "label"]).limit(_MOST_FEATURES)
    features = tuple(row["label"] for row in lake.collect(ranked).to_pylist())
    if not features:
        return None
    each = {f"u{place}": (used.label == name).sum() for place, name in enumerate(features)}
    counts = lake.stage(used.group_by("customer_id").agg(n=_.count(), **each))
    placed = customers.select("customer_id").left_join(counts, "customer_id")
    centres = _centres(lake, counts.filter(counts.n >= _ENOUGH), features)
    segment = ibis.cases((placed.n.isnull(), _UNUSED), (placed.n < _ENOUGH, _LITTLE), else_=_nearest(placed, centres))
    return placed.select("customer_id", segment=segment)


def _centres(lake: Lake, counts: ir.Table, features: tuple[str, ...]) -> _Centres:
    # Ordered by a digest, so that the sample is the same in every run and no system's numbering shapes it.
    sample = counts.order_by([counts.customer_id.cast("string").hexdigest("sha256")]).limit(_MOST_FITTED)
    rows = lake.collect(sample)
    uses = np.column_stack([rows[f"u{place}"].to_numpy() for place in range(len(features))]).astype(np.float64)
    shares = uses / np.maximum(rows["n"].to_numpy()[:, None], 1)
    labels = _grouped(np.sqrt(shares))
    found = [(labels == group) for group in np.unique(labels)]
    centres = np.array([np.sqrt(shares[members]).mean(axis=0) for members in found])
    names = tuple(_name(shares[members].mean(axis=0), shares.mean(axis=0), features) for members in found)
    return _Centres(features, centres, names)


def _grouped(roots: Values) -> npt.NDArray[np.int64]:
    """Return the group of each row; one group for all where none stands apart."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    alone = np.zeros(len(roots), dtype=np.int64)
    best, found = _CLEAR, alone
    most = min(6, len(np.unique(roots, axis=0)) - 1)
    for k in range(2, most + 1):
        labels = KMeans(n_clusters=k, n_init=4, random_state=0).fit_predict(roots)
        clear = float(silhouette_score(roots, labels, sample_size=min(len(roots), 2_000), random_state=0))
        if clear > best:
            best, found = clear, np.asarray(labels, dtype=np.int64)
    return found


def _name(own: Values, everybody: Values, features: tuple[str, ...]) -> str:
    stands_out = [
        place
        for place in np.argsort(-own, kind="stable")
        if own[place] >= _LEAST_SHARE and own[place] >= _STANDS_OUT * everybody[place]
    ]
    return _JOIN.join(features[place] for place in stands_out[:2]) or _VARIED


def _nearest(placed: ir.Table, centres: _Centres) -> ir.Value:
    roots = [(placed[f"u{place}"] / placed.n).sqrt() for place in range(len(centres.features))]
    distances = [
        sum(((root - float(at)) ** 2 for root, at in zip(roots, centre, strict=True)), start=ibis.literal(0.0))
        for centre in centres.places
    ]
    if len(distances) < 2:
        return ibis.literal(centres.names[0] if centres.names else _VARIED)
    nearest = ibis.least(*distances)
    *named, rest = zip(distances, centres.names, strict=True)
    return ibis.cases(*[(distance == nearest, name) for distance, name in named], else_=rest[1])
