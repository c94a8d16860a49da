"""Say what the review of one proposal says."""

from prevenance.kit.words import Words
from prevenance.web.saying import Texts

texts = Texts(
    name="proposals",
    words={
        "title": Words(fr="Proposition", en="Proposal"),
        "back": Words(fr="Retour à la liste", en="Back to the list"),
        "message": Words(fr="Le message exact", en="The exact message"),
        "message_language": Words(
            fr="Rédigé en {name}, la langue du client.", en="Written in {name}, the customer’s language."
        ),
        "language_fr": Words(fr="français", en="French"),
        "language_en": Words(fr="anglais", en="English"),
        "subject": Words(fr="Objet", en="Subject"),
        "no_message": Words(
            fr="Un appel : vous choisissez vos mots. Les raisons ci-dessus servent de guide.",
            en="A call: the words are yours. The reasons above are your guide.",
        ),
        "contact": Words(fr="Interlocuteur", en="Contact"),
        "may_we": Words(fr="Avons-nous le droit ?", en="May we?"),
        "basis": Words(fr="Base légale", en="Legal basis"),
        "stage": Words(fr="Étape", en="Stage"),
        "stage_pilot": Words(fr="pilote : une personne vérifie tout", en="pilot: a person checks everything"),
        "stage_optimisation": Words(
            fr="optimisation : le reste attend une personne", en="optimisation: the rest waits for a person"
        ),
        "stage_scale": Words(fr="généralisation : contrôle par échantillon", en="scale: checked by sample"),
        "problem": Words(fr="À corriger avant d’agir", en="To fix before acting"),
        "decided": Words(fr="{what} par {who}, le {when}", en="{what} by {who} on {when}"),
        "decide": Words(fr="Votre décision", en="Your decision"),
        "read_only": Words(fr="Votre rôle permet de lire, pas de décider.", en="Your role may read, not decide."),
        "held_out": Words(
            fr="Une partie des clients, tirée au sort, n’est pas contactée, pour savoir si l’action aide vraiment.",
            en="Some customers, drawn by lot, are not contacted, so that we know whether the action really helps.",
        ),
    },
)
