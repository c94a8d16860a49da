"""Sort customers by recency, frequency and monetary value of their orders over a year.

Source: Hughes (1994), "Strategic Database Marketing", with fixed bounds instead of quintiles, so that a customer's
group changes only when the customer does.

Example:
    >>> RFM.groups[0].words.en
    'loyal: buys often, bought lately'
"""

import ibis

from prevenance.insights.base import Group, Segmentation
from prevenance.kit.words import Words

RFM = Segmentation(
    name="rfm",
    words=Words(fr="Achats sur un an", en="Orders over a year"),
    views=("orders",),
    groups=(
        Group(
            "loyal",
            Words(fr="fidèle : achète souvent, et récemment", en="loyal: buys often, bought lately"),
            lambda t: (t.n_orders_364 >= 6) & (t.n_orders_84 >= 1),
        ),
        Group(
            "slipping",
            Words(
                fr="s’éloigne : achetait souvent, plus rien depuis douze semaines",
                en="slipping: bought often, not for twelve weeks",
            ),
            lambda t: (t.n_orders_364 >= 6) & (t.n_orders_84 == 0),
        ),
        Group(
            "recent",
            Words(fr="récent : a acheté ces douze dernières semaines", en="recent: bought within twelve weeks"),
            lambda t: t.n_orders_84 >= 1,
        ),
        Group(
            "occasional",
            Words(fr="occasionnel : quelques achats dans l’année", en="occasional: a few orders in the year"),
            lambda t: t.n_orders_364 >= 1,
        ),
        Group("absent", Words(fr="sans achat depuis un an", en="no order for a year"), lambda _t: ibis.literal(True)),
    ),
)
