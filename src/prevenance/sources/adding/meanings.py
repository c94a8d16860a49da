"""Know the headers people write, in French and in English, and what each of them means."""

import re
import unicodedata
from functools import cache

MEANINGS: dict[str, str] = {
    "customer_no": "code client, n client, no client, numero client, num client, ref client, id client, code tiers, "
    "compte client, n compte, customer no, customer number, customer id, customer code, client id, "
    "client no, client code, account id, account no, account number, customer, client",
    "company": "raison sociale, societe, entreprise, nom societe, nom entreprise, denomination, enseigne, nom "
    "client, company, company name, account name, organisation, organization, customer name",
    "siren": "siren, siret, n siret, n siren, numero siret, numero siren, tva intracommunautaire, n tva, vat "
    "number, vat no, company number",
    "first_name": "prenom, first name, given name, firstname, forename",
    "last_name": "nom, nom de famille, nom contact, last name, surname, family name, lastname",
    "name": "nom complet, nom prenom, nom et prenom, contact, interlocuteur, full name, name, contact name",
    "email": "email, e mail, mail, courriel, adresse mail, adresse email, adresse e mail, email address, contact email",
    "phone": "telephone, tel, tel fixe, tel portable, tel mobile, mobile, portable, gsm, n tel, n telephone, "
    "phone, phone number, telephone number",
    "address": "adresse, adresse 1, adresse postale, rue, address, street, address line 1",
    "postal_code": "code postal, cp, postal code, post code, postcode, zip, zip code",
    "city": "ville, commune, localite, city, town",
    "country": "pays, country",
    "language": "langue, language",
    "birth_on": "date de naissance, date naissance, naissance, ne le, nee le, birth date, date of birth, birthday",
    "created_at": "cree le, date creation, date de creation, client depuis, customer since, created, created on, "
    "created at",
    "changed_at": "modifie le, date modification, date de modification, derniere modification, mis a jour le, date "
    "mise a jour, last modified, modified, modified on, updated, updated at, updated on, last update",
    "segment": "segment, categorie client, type client, customer type, tier",
    "owner": "commercial, charge de compte, responsable, owner, account manager, sales rep",
    "is_key_account": "grand compte, client cle, compte cle, vip, key account",
    "newsletter": "newsletter, consentement, consentement marketing, accord e mail, optin, opt in, emailing, ok "
    "mailing, marketing consent",
    "order_no": "n commande, no commande, numero commande, num commande, ref commande, n de commande, commande, "
    "order no, order number, order id, order",
    "ordered_at": "date commande, date de commande, commande le, commandee le, date achat, date d achat, order "
    "date, ordered on, ordered at, purchase date, date",
    "delivered_at": "date livraison, date de livraison, livre le, livree le, delivery date, delivered on, delivered at",
    "invoice_no": "n facture, no facture, numero facture, num facture, ref facture, facture, invoice no, invoice "
    "number, invoice id, invoice",
    "invoiced_at": "date facture, date de facture, date facturation, facture le, invoice date, invoiced on",
    "due_at": "echeance, date echeance, date d echeance, due date, due on",
    "paid_at": "paye le, payee le, regle le, reglee le, date paiement, date reglement, date de reglement, paid "
    "on, payment date",
    "amount": "montant, montant ht, montant ttc, montant eur, total, total ht, total ttc, prix, amount, total "
    "amount, order amount, price, net amount, value",
    "currency": "devise, monnaie, code devise, currency, currency code",
    "product": "produit, article, designation, reference article, famille, gamme, product, product name, item, sku",
    "quantity": "quantite, qte, nombre, quantity, qty",
    "ticket_no": "n ticket, no ticket, numero ticket, ticket, n demande, ticket no, ticket id, ticket number, "
    "case number",
    "opened_at": "ouvert le, date ouverture, date d ouverture, date demande, opened, opened on, opened at",
    "solved_at": "resolu le, ferme le, clos le, date resolution, date cloture, solved on, solved at, closed on, "
    "closed at",
    "topic": "objet, sujet, motif, subject, topic",
}
"""What a column may mean, and the headers that say so, without accents, capitals and signs."""

TIMES = frozenset(name for name in MEANINGS if name.endswith(("_at", "_on")))
NAMING = frozenset({"customer_no", "siren", "phone", "postal_code", "order_no", "invoice_no", "ticket_no"})
"""Meanings whose digits name something: they stay text, whatever they look like."""
SPELLED = {
    "first_name": "person_name", "last_name": "person_name", "address": "address", "city": "place",
    "currency": "currency",
}  # fmt: skip
"""Meanings whose values people spell in many ways, and the parser that spells them with care."""
NUMBERS = frozenset({"amount", "quantity"})
CHOICES = frozenset({"newsletter", "is_key_account"})


_QUALIFIERS = frozenset(
    "du de la le des client clients contact societe entreprise eur euro euros ht ttc principal principale pro "  # noqa: SIM905 - words read better than a list
    "professionnel 1 the customer company of main work excl incl vat".split()
)


def meaning_of(header: str) -> str | None:
    """Return what a header means, or `None` when nobody here knows.

    Example:
        >>> meaning_of("N° Client"), meaning_of("Montant TTC (€)"), meaning_of("Blabla")
        ('customer_no', 'amount', None)
    """
    words = folded(header)
    exact = _headers().get(words)
    if exact is not None:
        return exact
    # `Téléphone du contact` and `Client e-mail` say the same as their main word; `Nom du commercial` does not.
    fits = [known for known in _headers() if _is_qualified(words, known)]
    return _headers()[max(fits, key=len)] if fits else None


def _is_qualified(words: str, known: str) -> bool:
    rest = words.removeprefix(f"{known} ") if words.startswith(f"{known} ") else words.removesuffix(f" {known}")
    return rest != words and set(rest.split()) <= _QUALIFIERS


def folded(header: str) -> str:
    """Return a header without accents, capitals and signs."""
    plain = unicodedata.normalize("NFKD", header.replace("°", " ").replace("º", " ").replace("œ", "oe"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    spelled = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", letters)  # T.T.C.
    words = re.sub(r"[^a-z0-9]+", " ", spelled).strip()
    return re.sub(r"^(n|no) (?=\w)", "n ", words)


@cache
def _headers() -> dict[str, str]:
    return {folded(said): meaning for meaning, headers in MEANINGS.items() for said in headers.split(", ")}
