"""Say what the search for customers says."""

from prevenance.kit.words import Words
from prevenance.web.saying import Texts

texts = Texts(
    name="customers",
    words={
        "title": Words(fr="Clients", en="Customers"),
        "search": Words(fr="Nom, e-mail, ville ou numéro", en="Name, e-mail, city or number"),
        "submit": Words(fr="Chercher", en="Search"),
        "n_found.one": Words(fr="{n} client", en="{n} customer"),
        "n_found.many": Words(fr="{n} clients", en="{n} customers"),
        "n_shown": Words(fr="les {n} premiers sont affichés", en="the first {n} are shown"),
        "since": Words(fr="depuis {when}", en="since {when}"),
        "n_proposals.one": Words(fr="{n} proposition", en="{n} proposal"),
        "n_proposals.many": Words(fr="{n} propositions", en="{n} proposals"),
        "none": Words(fr="Aucun client ne répond à « {q} ».", en="No customer answers to “{q}”."),
        "none_hint": Words(
            fr="Essayez une partie du nom, ou le numéro d’un autre système.",
            en="Try part of the name, or the number of another system.",
        ),
        "show_all": Words(fr="Voir tous les clients", en="See all customers"),
    },
)
