"""Sort customers by where they stand in their life with the company.

Example:
    >>> [group.name for group in LIFE_CYCLE.groups]
    ['former', 'new', 'fading', 'growing', 'settled']
"""

import ibis

from prevenance.insights.base import Group, Segmentation
from prevenance.kit.words import Words

LIFE_CYCLE = Segmentation(
    name="life_cycle",
    words=Words(fr="Étape de la relation", en="Stage of the relation"),
    views=("profile", "contracts", "activity", "orders"),
    groups=(
        Group(
            "former",
            Words(fr="ancien client : contrat terminé, plus de commande", en="former: contract over, no more orders"),
            lambda t: (t.has_contract == 0) & (t.n_contracts_ended > 0) & (t.n_orders_84 == 0),
        ),
        Group(
            "new",
            Words(fr="nouveau : moins de trois mois", en="new: less than three months"),
            lambda t: t.customer_age_days < 91,
        ),
        Group(
            "fading",
            Words(fr="en retrait : deux fois moins actif qu’auparavant", en="fading: half as active as before"),
            lambda t: (t.n_logins_before_28 >= 4) & (t.n_logins_28 <= 0.5 * t.n_logins_before_28),
        ),
        Group(
            "growing",
            Words(
                fr="en croissance : un quart plus actif qu’auparavant", en="growing: a quarter more active than before"
            ),
            lambda t: (t.n_logins_28 >= 4) & (t.n_logins_28 >= 1.25 * t.n_logins_before_28),
        ),
        Group("settled", Words(fr="installé", en="settled"), lambda _t: ibis.literal(True)),
    ),
)
