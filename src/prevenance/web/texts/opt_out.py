"""Say what the opt-out page says, to people who never asked to know this product."""

from prevenance.kit.words import Words
from prevenance.web.saying import Texts

texts = Texts(
    name="opt_out",
    words={
        "title": Words(fr="Nos messages", en="Our messages"),
        "lead": Words(
            fr="Nous écrivons à {address} quand nous pensons pouvoir être utiles. C’est vous qui décidez.",
            en="We write to {address} when we believe that we can help. It is your choice.",
        ),
        "stop_offers": Words(fr="Ne plus recevoir d’offres", en="Stop offers"),
        "stop_all": Words(fr="Ne plus recevoir aucun de ces messages", en="Stop all of these messages"),
        "at_once": Words(
            fr="Votre choix prend effet aussitôt, sans compte ni mot de passe.",
            en="Your choice takes effect at once, without an account or a password.",
        ),
        "stopped_offers": Words(
            fr="C’est fait : plus aucune offre ne sera envoyée à {address}.",
            en="Done: no more offers will be sent to {address}.",
        ),
        "stopped_all": Words(
            fr="C’est fait : plus aucun message de ce genre ne sera envoyé à {address}.",
            en="Done: no more messages of this kind will be sent to {address}.",
        ),
        "still_answers": Words(
            fr="Vos factures et les réponses à vos propres demandes vous parviendront toujours.",
            en="Your invoices and the answers to your own requests will still reach you.",
        ),
        "mistake": Words(
            fr="Une erreur ? Répondez simplement à notre message : une personne vous lira.",
            en="A mistake? Simply reply to our message: a person will read it.",
        ),
    },
)
