"""Say what the login says."""

from prevenance.kit.words import Words
from prevenance.web.saying import Texts

texts = Texts(
    name="login",
    words={
        "title": Words(fr="Se connecter", en="Sign in"),
        "lead": Words(
            fr="Savoir ce matin qui aura besoin de quoi, et pourquoi.",
            en="Know this morning who will need what, and why.",
        ),
        "email": Words(fr="Adresse e-mail", en="E-mail address"),
        "password": Words(fr="Mot de passe", en="Password"),
        "submit": Words(fr="Se connecter", en="Sign in"),
        "wrong": Words(
            fr="Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux et réessayez.",
            en="This address and this password do not go together. Check both and try again.",
        ),
        "throttled.one": Words(
            fr="Trop d’essais. Réessayez dans {n} minute.", en="Too many tries. Try again in {n} minute."
        ),
        "throttled.many": Words(
            fr="Trop d’essais. Réessayez dans {n} minutes.", en="Too many tries. Try again in {n} minutes."
        ),
    },
)
