"""Say what every page says: navigation, channels, chances, the keys."""

from prevenance.kit.words import Words
from prevenance.web.saying import Texts

texts = Texts(
    name="shared",
    words={
        "product": Words(fr="Prévenance", en="Prévenance"),
        "skip": Words(fr="Aller au contenu", en="Skip to content"),
        "navigation": Words(fr="Navigation principale", en="Main navigation"),
        "practice": Words(
            fr="Entreprise d’entraînement : données inventées, rien ne part.",
            en="Practice company: invented data, nothing leaves.",
        ),
        "other_language": Words(fr="English", en="Français"),
        "account": Words(fr="Votre compte", en="Your account"),
        "sign_out": Words(fr="Se déconnecter", en="Sign out"),
        "keys": Words(fr="Raccourcis clavier", en="Keyboard shortcuts"),
        "keys_on": Words(fr="Activer les raccourcis à une lettre", en="Turn single-letter keys on"),
        "keys_off": Words(fr="Désactiver les raccourcis à une lettre", en="Turn single-letter keys off"),
        "keys_note": Words(
            fr="Les lettres n’agissent jamais pendant que vous écrivez.",
            en="Letters never act while you are typing.",
        ),
        "keys_are_off": Words(
            fr="Les raccourcis à une lettre sont désactivés.", en="Single-letter keys are switched off."
        ),
        "close": Words(fr="Fermer", en="Close"),
        "key_next": Words(fr="Proposition suivante, précédente", en="Next, previous proposal"),
        "key_enter": Words(fr="Entrée", en="Enter"),
        "key_open": Words(fr="Ouvrir la proposition", en="Open the proposal"),
        "key_approve": Words(fr="Approuver", en="Approve"),
        "key_reject": Words(fr="Rejeter avec un motif", en="Reject with a reason"),
        "key_snooze": Words(fr="Reporter", en="Snooze"),
        "key_undo": Words(fr="Annuler la dernière décision", en="Undo the last decision"),
        "key_go": Words(fr="Aller à « {page} »", en="Go to “{page}”"),
        "key_search": Words(fr="Chercher un client", en="Search customers"),
        "key_help": Words(fr="Afficher cette aide", en="Show this help"),
        "key_or": Words(fr="ou", en="or"),
        "key_then": Words(fr="puis", en="then"),
        "choose_first": Words(
            fr="Choisissez d’abord une proposition avec j ou k.", en="Choose a proposal first, with j or k."
        ),
        "nothing_to_undo": Words(fr="Rien à annuler.", en="Nothing to undo."),
        "connection_lost": Words(
            fr="Le serveur ne répond pas. Rien n’a été changé ; réessayez.",
            en="The server does not answer. Nothing was changed; try again.",
        ),
        "chance": Words(fr="{n} sur 10", en="{n} in 10"),
        "chance_rare": Words(fr="moins de 1 sur 10", en="fewer than 1 in 10"),
        "chance_near_sure": Words(fr="plus de 9 sur 10", en="more than 9 in 10"),
        "key_account": Words(fr="Compte clé", en="Key account"),
        "channel_email": Words(fr="E-mail", en="E-mail"),
        "channel_call_task": Words(fr="Appel", en="Call"),
        "basis_consent": Words(fr="consentement", en="consent"),
        "basis_contract": Words(fr="contrat", en="contract"),
        "basis_legitimate_interest": Words(fr="intérêt légitime", en="legitimate interest"),
        "channel_phone": Words(fr="Appel", en="Call"),
        "channel_in_app": Words(fr="Dans l’application", en="In the app"),
        "channel_ticket": Words(fr="Demande", en="Ticket"),
        "channel_post": Words(fr="Courrier", en="Post"),
        "channel_webhook": Words(fr="Autre système", en="Other system"),
        "kind_risk": Words(fr="Risque", en="Risk"),
        "kind_opportunity": Words(fr="Opportunité", en="Opportunity"),
        "kind_service": Words(fr="Service", en="Service"),
        "kind_parts": Words(fr="Pièces", en="Parts"),
        "consent_permitted": Words(fr="Contact permis", en="Contact permitted"),
        "consent_refused": Words(fr="Contact refusé", en="Contact refused"),
        "consent_undetermined": Words(fr="Accord à vérifier", en="Consent to check"),
        "unknown": Words(fr="inconnu", en="unknown"),
    },
)
