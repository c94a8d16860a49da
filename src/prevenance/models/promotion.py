"""Say why a newly trained model must not speak before a person has looked at it."""

from collections.abc import Mapping
from typing import Any

from prevenance.kit.words import Words, number, percent

_FAR_OFF = 0.10  # expected calibration error: of 100 announced, ten come or do not come


def objection(new: Mapping[str, Any], present: Mapping[str, Any]) -> Words | None:
    """Return what speaks against letting a new model take the place of the present one; None when nothing does.

    Both were judged on a later period that they had not learned from, each on its own. The new one is worse when even
    the upper end of its interval lies below what the present one reached. `checked_auc` is no yardstick for the
    present one: it has learned from most of what the new one is judged by.

    Args:
        new: the manifest of the new model.
        present: the manifest of the model that speaks.

    Example:
        >>> good = {"measures": {"auc": 0.85, "auc_interval": [0.80, 0.90], "ece": 0.02}}
        >>> worse = {"measures": {"auc": 0.70, "auc_interval": [0.64, 0.76], "ece": 0.02}}
        >>> objection(good, worse) is None, objection(worse, good).en
        (True, 'it tells customers apart less well: AUC 0.70 (0.64 to 0.76), against 0.85')
    """
    mine, theirs = new["measures"], present["measures"]
    low, high = mine["auc_interval"]
    if high < theirs["auc"]:
        said = {
            language: [number(value, language, 2) for value in (mine["auc"], low, high, theirs["auc"])]
            for language in ("fr", "en")
        }
        return Words(
            fr="il distingue moins bien les clients : AUC {} ({} à {}), contre {}".format(*said["fr"]),
            en="it tells customers apart less well: AUC {} ({} to {}), against {}".format(*said["en"]),
        )
    if mine["ece"] > _FAR_OFF >= theirs["ece"]:
        return Words(
            fr=f"ses probabilités s’écartent de {percent(mine['ece'], 'fr')} de ce qui arrive",
            en=f"its probabilities are {percent(mine['ece'], 'en')} away from what happens",
        )
    return None
