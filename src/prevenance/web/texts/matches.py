"""Say what the page about records that may be the same says."""

from prevenance.kit.words import Words
from prevenance.web.saying import Texts

texts = Texts(
    name="matches",
    words={
        "title": Words(fr="Rapprochements", en="Matches"),
        "lead": Words(
            fr="Un seul client, ou deux ? Votre réponse compte dès la prochaine exécution, et peut être reprise.",
            en="One customer, or two? Your answer counts from the next run on, and can be taken back.",
        ),
        "n.one": Words(fr="{n} paire attend votre avis", en="{n} pair awaits your word"),
        "n.many": Words(fr="{n} paires attendent votre avis", en="{n} pairs await your word"),
        "company": Words(fr="Entreprise", en="Company"),
        "person": Words(fr="Personne", en="Person"),
        "likely": Words(fr="Ressemblance estimée : {p}.", en="Estimated likeness: {p}."),
        "reason": Words(fr="Pourquoi", en="Why"),
        "same": Words(fr="C’est le même", en="They are the same"),
        "different": Words(fr="Ce sont deux", en="They are two"),
        "none": Words(fr="Aucune fiche à rapprocher.", en="No records to match."),
        "none_hint": Words(
            fr="Ce qui est sûr a été rapproché, le reste diffère.", en="What is sure was matched, the rest differs."
        ),
    },
)
