"""Say what the page of the live window says."""

from prevenance.kit.words import Words
from prevenance.web.saying import Texts

texts = Texts(
    name="live",
    words={
        "title": Words(fr="En direct", en="Live"),
        "lead": Words(
            fr="Ce qui s’est déclenché depuis ce matin, au fil des messages reçus.",
            en="What began to fire since this morning, as messages came in.",
        ),
        "at": Words(fr="Reçu", en="Received"),
        "customer": Words(fr="Client", en="Customer"),
        "signal": Words(fr="Signal", en="Signal"),
        "none": Words(fr="Rien de nouveau depuis ce matin.", en="Nothing new since this morning."),
        "none_hint": Words(
            fr="Les signaux de la nuit sont dans la liste du jour.", en="The signals of the night are in today’s list."
        ),
    },
)
