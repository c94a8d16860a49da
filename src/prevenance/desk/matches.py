"""Show the records that may be the same, side by side, with what agrees and what does not, in words."""

import json
from collections.abc import Mapping
from typing import Any

from ibis import _

from prevenance import identity
from prevenance.kit.catalogue import load
from prevenance.kit.words import Words
from prevenance.records import screens
from prevenance.records.tables import IDENTITY_REVIEWS, PARTIES
from prevenance.storage import Lake, Ledger

_REASONS = {
    "alike": Words(fr="Ces deux fiches se ressemblent.", en="These two records look alike."),
    "claimed_by_two": Words(
        fr="Cette fiche convient aussi bien à un autre client, ou ses numéros s’y opposent.",
        en="This record fits another customer as well, or its numbers speak against it.",
    ),
    "shared_identifier": Words(
        fr="Elles portent un même identifiant, mais rien d’autre ne concorde.",
        en="They carry one identifier, but nothing else agrees.",
    ),
}
_AGREE, _NEARLY = Words(fr="concordent", en="agree"), Words(fr="concordent presque", en="nearly agree")
_DIFFER, _UNKNOWN = Words(fr="diffèrent", en="differ"), Words(fr="inconnus d’un côté", en="unknown on one side")
_DEGREES = {
    "equal": _AGREE, "several": _AGREE, "one": _NEARLY, "alike": _NEARLY, "close": _NEARLY, "one_edit": _NEARLY,
    "initial": _NEARLY, "different": _DIFFER, "none": _DIFFER, "unknown": _UNKNOWN,
}  # fmt: skip
_FIELDS = {
    "email": Words(fr="E-mail", en="E-mail"),
    "phone": Words(fr="Téléphone", en="Phone"),
    "address": Words(fr="Adresse", en="Address"),
    "postal_code": Words(fr="Code postal", en="Postcode"),
    "city": Words(fr="Ville", en="City"),
    "registration_number": Words(fr="N° d’immatriculation", en="Registration number"),
    "birth_on": Words(fr="Date de naissance", en="Date of birth"),
}


def waiting(lake: Lake, ledger: Ledger, *, limit: int) -> screens.Matches:
    """Return the pairs about which nobody has spoken yet, likeliest first."""
    spoken = {frozenset((one.left, one.right)) for one in identity.decisions(ledger)}
    ordered = lake.read(IDENTITY_REVIEWS).order_by([_.match_probability.desc(), "left_party", "right_party"])
    rows = [
        row
        for row in lake.collect(ordered).to_pylist()
        if frozenset((row["left_subject"], row["right_subject"])) not in spoken
    ]
    shown = rows[:limit]
    parties = _parties(lake, {row[side] for row in shown for side in ("left_party", "right_party")})
    known = load("prevenance.identity.comparisons", identity.Comparison)
    return screens.Matches(tuple(_match(row, parties, known) for row in shown), len(rows))


def _parties(lake: Lake, wanted: set[str]) -> dict[str, dict[str, Any]]:
    if not wanted:
        return {}
    live = lake.read(PARTIES).filter(_.party_id.isin(sorted(wanted)) & _.superseded_at.isnull())
    return {row["party_id"]: row for row in lake.collect(live).to_pylist()}


def _match(
    row: Mapping[str, Any], parties: Mapping[str, Mapping[str, Any]], known: Mapping[str, identity.Comparison]
) -> screens.Match:
    return screens.Match(
        left=_side(row["left_subject"], parties.get(row["left_party"], {})),
        right=_side(row["right_subject"], parties.get(row["right_party"], {})),
        is_account=row["party_kind"] == "account",
        reason=_REASONS[row["reason"]],
        agreement=_agreement(json.loads(row["levels"]), known),
        probability=row["match_probability"],
    )


def _side(subject: str, party: Mapping[str, Any]) -> screens.MatchSide:
    parts = [party.get("first_name"), party.get("last_name")]
    name = party.get("name") or " ".join(part for part in parts if part) or subject
    written = {field: text for field, text in json.loads(party.get("as_written") or "{}").items() if text}
    lines = tuple(
        (words, f"{party[field]} ({written[field]})" if field in written else str(party[field]))
        for field, words in _FIELDS.items()
        if party.get(field)
    )
    return screens.MatchSide(subject, party.get("source") or subject.partition(":")[0], name, lines)


def _agreement(
    levels: Mapping[str, str], known: Mapping[str, identity.Comparison]
) -> tuple[tuple[Words, tuple[Words, ...]], ...]:
    grouped: dict[Words, list[Words]] = {degree: [] for degree in (_AGREE, _NEARLY, _DIFFER, _UNKNOWN)}
    for name, level in levels.items():
        if name in known:
            grouped[_DEGREES[level]].append(known[name].words)
    return tuple((degree, tuple(names)) for degree, names in grouped.items() if names)
