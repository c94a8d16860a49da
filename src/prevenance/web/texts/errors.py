"""Say what went wrong, what is safe, and what to do."""

from prevenance.kit.words import Words
from prevenance.web.saying import Texts

texts = Texts(
    name="errors",
    words={
        "title": Words(fr="Quelque chose ne va pas", en="Something is wrong"),
        "back": Words(fr="Revenir à Aujourd’hui", en="Back to Today"),
        "reference": Words(
            fr="Référence à donner si vous demandez de l’aide : ", en="Reference to give when asking for help: "
        ),
        "bad_request": Words(
            fr="Cette demande n’est pas comprise. Rien n’a été changé.",
            en="This request is not understood. Nothing was changed.",
        ),
        "bad_form": Words(
            fr="Le formulaire est incomplet ou impossible. Rien n’a été changé ; revenez le corriger.",
            en="The form is incomplete or holds an impossible value. Nothing was changed; go back and correct it.",
        ),
        "form_expected": Words(
            fr="Un formulaire était attendu. Rien n’a été changé.", en="A form was expected. Nothing was changed."
        ),
        "too_large": Words(fr="C’est trop long. Rien n’a été changé.", en="This is too long. Nothing was changed."),
        "session_needed": Words(fr="Connectez-vous pour continuer.", en="Sign in to go on."),
        "forbidden": Words(
            fr="Votre rôle ne permet pas d’ouvrir cette page. Demandez à la personne qui administre Prévenance.",
            en="Your role may not open this page. Ask the person who administers Prévenance.",
        ),
        "stale_form": Words(
            fr="Cette page était ouverte depuis trop longtemps. Rien n’a été changé ; rechargez-la et recommencez.",
            en="This page had been open for too long. Nothing was changed; reload it and do it again.",
        ),
        "foreign_origin": Words(
            fr="Cette demande vient d’un autre site. Rien n’a été changé.",
            en="This request comes from another site. Nothing was changed.",
        ),
        "not_found": Words(
            fr="Cette page n’existe pas, ou n’existe plus.", en="This page does not exist, or no longer does."
        ),
        "unknown_link": Words(
            fr="Ce lien n’est pas, ou plus, valable. Répondez au message qui le contenait : une personne vous lira.",
            en="This link is not valid, or no longer is. Reply to the message that held it: a person will read it.",
        ),
        "not_allowed": Words(
            fr="Cette adresse ne répond pas à ce genre de demande.",
            en="This address does not answer that kind of request.",
        ),
        "unknown_host": Words(
            fr="Prévenance n’est pas servi à cette adresse. Utilisez celle que votre entreprise vous a donnée.",
            en="Prévenance is not served at this address. Use the one that your company gave you.",
        ),
        "refused": Words(
            fr="Une règle s’y oppose, ou quelqu’un a déjà décidé. Rien n’a été changé ; rechargez la page.",
            en="A rule forbids it, or someone has decided already. Nothing was changed; reload the page.",
        ),
        "unexpected": Words(
            fr="Une erreur est survenue de notre côté. Vos données sont intactes ; réessayez dans un instant.",
            en="An error happened on our side. Your data are safe; try again in a moment.",
        ),
    },
)
