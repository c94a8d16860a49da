"""Write the CRM's three exports as a French spreadsheet does: semicolons, Windows-1252, decimal commas, dd/mm/yyyy."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo import names as words
from prevenance.demo.chance import pick_index
from prevenance.demo.scale import END_DAY, Bools, Ints, month_start
from prevenance.demo.sentences import Speech
from prevenance.demo.spelling import company_name, misspelled, phone, soiled_emails
from prevenance.demo.systems import Company
from prevenance.demo.text import (
    Text,
    csv_lines,
    digits,
    french_day,
    garbled,
    iso_day,
    join,
    money,
    pick,
    where,
    write_text,
)
from prevenance.demo.tickets import Tickets
from prevenance.demo.visits import Visits

_LANGUAGES = {
    True: ("FR", "FR", "Français", "fr", "français", "", "FR"),
    False: ("EN", "EN", "Anglais", "en", "English", "", "GB"),
}
_COUNTRIES = {True: ("France", "France", "FR", "FRANCE"), False: ("Royaume-Uni", "UK", "GB", "United Kingdom")}
_IMPOSSIBLE_DATES = ("31/02/2024", "00/00/0000", "15/13/2023", "12/05/2062")
_IMPOSSIBLE_TURNOVER = ("-1", "-45000,00", "N/C", "#VALEUR!")


def write_crm(folder: Path, company: Company, written: Tickets, visited: Visits) -> dict[str, int]:
    """Write clients, contacts and interactions; return how many rows each has."""
    return {
        "crm/clients.csv": _write_clients(folder / "crm" / "clients.csv", company),
        "crm/contacts.csv": _write_contacts(folder / "crm" / "contacts.csv", company),
        "crm/interactions.csv": _write_interactions(folder / "crm" / "interactions.csv", company, written, visited),
    }


def created_on(company: Company, rows: Ints) -> Ints:
    """Return the day on which customers were first entered anywhere."""
    return month_start(company.population.joined[rows]) - 20 + company.population.anchor_day[rows]


def _write_clients(path: Path, company: Company) -> int:
    chance, codes = company.chance("crm clients"), company.codes
    first, second = np.nonzero(codes.is_in_crm)[0], np.nonzero(codes.is_doubled)[0]
    row, is_second = np.concatenate([first, second]), np.arange(first.size + second.size) >= first.size
    at, n, file = pa.array(row), row.size, "crm/clients.csv"
    code = where(is_second, codes.crm_double.take(at), codes.crm.take(at))
    company.faults.add("doubled_client", file, code.filter(pa.array(is_second)))
    french = company.population.is_french[row]
    silent = chance.random(n) < company.dirt.no_contact_details
    company.faults.add("no_contact_details", file, code.filter(pa.array(silent)))
    name = company_name(company.names, row, chance, is_old_system=False)
    name = where(is_second & (chance.random(n) < 0.4), misspelled(name, chance), name)
    sole = company.population.is_sole[row]
    main = company.people.email.take(pa.array(company.people.first_of_customer[row]))
    mailbox = where(sole | (chance.random(n) < 0.15), main, join("contact@", company.names.domain.take(at)))
    mailbox = soiled_emails(company, where(silent | (chance.random(n) < 0.08), None, mailbox), code, file, chance)
    number = phone(
        where(silent | (chance.random(n) < 0.12), None, company.names.company_phone.take(at)), french, chance
    )
    created = np.minimum(created_on(company, row) + is_second * chance.integers(60, 500, n), END_DAY - 3)
    changed = created + (chance.random(n) ** 2 * (END_DAY - created)).astype(np.int64)
    asked = chance.random(n) < 0.75
    agrees = chance.random(n) < 0.62
    consent_day, stale = _consent_days(created, company.dirt.stale_consent, chance)
    siren = where((chance.random(n) < np.where(is_second, 0.4, 0.85)), company.names.siren.take(at), None)
    registration = where(chance.random(n) < 0.3, _spaced(siren), siren)
    columns = {
        "Code client": code,
        "Raison sociale": _maybe_garbled(company, name, code, file, chance),
        "SIREN": registration,
        "Adresse": company.names.street.take(at),
        "Code postal": company.names.postal_code.take(at),
        "Ville": where(chance.random(n) < 0.2, pc.utf8_upper(company.names.town.take(at)), company.names.town.take(at)),
        "Pays": _by_language(_COUNTRIES, french, chance),
        "Téléphone": number,
        "E-mail": mailbox,
        "Langue": _by_language(_LANGUAGES, french, chance),
        "Segment": pick(
            ("Artisan", "PME", "ETI", "Grand compte"), np.digitize(company.population.n_employees[row], (2, 40, 120))
        ),
        "Compte clé": where(
            (company.population.n_employees[row] > 55) | (company.population.plan[row] == 2), "Oui", "Non"
        ),
        "Commercial": pick(words.OWNERS, chance.integers(0, len(words.OWNERS), n)),
        "CA annuel": _turnover(company, row, code, chance),
        "Créé le": _dates(company, created, code, file, chance),
        "Modifié le": french_day(changed),
        "Consentement e-mail": where(asked, where(agrees, "Oui", "Non"), None),
        "Date consentement": where(asked & (chance.random(n) < 0.9), french_day(consent_day), None),
    }
    dated = pc.is_valid(columns["Date consentement"])
    company.faults.add("stale_consent", file, code.filter(pc.and_(dated, pa.array(stale))))
    return _save(path, columns, chance)


def _write_contacts(path: Path, company: Company) -> int:
    chance, people, file = company.chance("crm contacts"), company.people, "crm/contacts.csv"
    row = np.nonzero(company.codes.is_contact)[0]
    at, n, owner = pa.array(row), row.size, people.customer[row]
    code = company.codes.contact.take(at)
    in_double = company.codes.is_doubled[owner] & (chance.random(n) < 0.4)
    client = where(in_double, company.codes.crm_double.take(pa.array(owner)), company.codes.crm.take(pa.array(owner)))
    silent = chance.random(n) < company.dirt.no_contact_details
    company.faults.add("no_contact_details", file, code.filter(pa.array(silent)))
    email = soiled_emails(company, where(silent, None, people.email.take(at)), code, file, chance)
    created = np.minimum(created_on(company, owner) + chance.integers(0, 600, n), END_DAY - 2)
    agrees = chance.random(n) < 0.6
    against_itself = chance.random(n) < company.dirt.contradicting_consent
    consent_day, stale = _consent_days(created, company.dirt.stale_consent, chance)
    lost = chance.random(n) < 0.15
    columns = {
        "Code contact": code,
        "Code client": client,
        "Civilité": where(
            people.is_woman[row],
            pick(("Mme", "Mme", "Mme", "Mlle", ""), chance.integers(0, 5, n)),
            pick(("M.", "M.", "Mr", "M", ""), chance.integers(0, 5, n)),
        ),
        "Prénom": where(lost, people.first_folded.take(at), people.first.take(at)),
        "Nom": where(chance.random(n) < 0.35, pc.utf8_upper(people.last_folded.take(at)), people.last.take(at)),
        "Fonction": people.role.take(at),
        "E-mail": where(chance.random(n) < 0.05, pc.utf8_upper(email), email),
        "Téléphone": phone(where(silent, None, people.mobile.take(at)), people.is_french[row], chance),
        "Date de naissance": _dates(
            company, people.birth_day[row], code, file, chance, is_known=chance.random(n) < 0.4
        ),
        "Langue": _by_language(_LANGUAGES, people.is_french[row], chance),
        "Consentement e-mail": where(chance.random(n) < 0.12, None, where(agrees, "Oui", "Non")),
        "Consentement téléphone": where(chance.random(n) < 0.25, None, where(against_itself ^ agrees, "Oui", "Non")),
        "Date consentement": french_day(consent_day),
        "Objection profilage": where(chance.random(n) < 0.02, "Oui", where(chance.random(n) < 0.5, "Non", None)),
        "Créé le": french_day(created),
    }
    by_mail, by_phone = (pc.is_valid(columns[f"Consentement {by}"]) for by in ("e-mail", "téléphone"))
    either = pc.or_(pc.or_(by_mail, by_phone), pc.is_valid(columns["Objection profilage"]))
    company.faults.add("stale_consent", file, code.filter(pc.and_(either, pa.array(stale))))
    both = pc.and_(by_mail, by_phone)
    company.faults.add("contradicting_consent", file, code.filter(pc.and_(both, pa.array(against_itself))))
    return _save(path, columns, chance)


def _write_interactions(path: Path, company: Company, written: Tickets, visited: Visits) -> int:
    """Mirror a part of what happened elsewhere, now and then a day late, beside calls that only the CRM knows."""
    chance, codes, file = company.chance("crm interactions"), company.codes, "crm/interactions.csv"
    known_tickets = chance.random(written.n) >= company.dirt.absent_from_crm
    known_visits = chance.random(visited.customer.size) >= company.dirt.absent_from_crm
    company.faults.add("absent_from_crm", file, join("ticket:", digits(np.nonzero(~known_tickets)[0] + 1)))
    company.faults.add("absent_from_crm", file, _report_keys(company, visited).filter(pa.array(~known_visits)))
    ticket, visit = np.nonzero(known_tickets)[0], np.nonzero(known_visits)[0]
    own = chance.integers(0, company.population.n, (ticket.size + visit.size) // 12)
    joined = np.maximum(month_start(company.population.joined[own]), month_start(0))
    own_day = joined + 20 + (chance.random(own.size) * np.maximum(END_DAY - joined - 21, 1)).astype(np.int64)
    customer = np.concatenate([written.customer[ticket], visited.customer[visit], own])
    day = np.concatenate([written.opened[ticket] // 86_400, visited.day[visit], own_day])
    day = np.minimum(day + (chance.random(day.size) < 0.15), END_DAY - 1)
    person = np.concatenate([written.person[ticket], np.full(visit.size, -1), np.full(own.size, -1)])
    kind = np.concatenate(
        [pick_index((0.55, 0.45), ticket.size, chance), np.full(visit.size, 2), np.zeros(own.size, np.int64)]
    )
    in_crm = codes.is_in_crm[customer]
    order = np.lexsort((customer, day))
    order = order[in_crm[order]]
    customer, day, person, kind = customer[order], day[order], person[order], kind[order]
    speech = Speech(np.ones(order.size, bool), company.population.seed, "interactions")
    contact = codes.contact.take(pa.array(np.maximum(person, 0)))
    category = np.concatenate([written.category[ticket], np.full(visit.size, 1), np.full(own.size, 2)])[order]
    subject = pick(
        ("Facturation", "Panne", "Pièces", "Accès", "Lenteurs", "Formation", "Livraison", "Suggestion", "Contrat"),
        category,
    )
    subject = where(kind == 2, "Visite du technicien", subject)
    columns = {
        "N° interaction": join("I", digits(np.arange(1, order.size + 1), 7)),
        "Code client": codes.crm.take(pa.array(customer)),
        "Code contact": where((person >= 0) & (chance.random(order.size) < 0.7), contact, None),
        "Date": french_day(day),
        "Type": pick(("Appel", "E-mail", "Visite"), kind),
        "Objet": subject,
        "Compte rendu": join(
            pick(("Vu avec le client. ", "", "Demande reçue. ", "Échange rapide. "), chance.integers(0, 4, order.size)),
            where(chance.random(order.size) < 0.5, speech.phrase("DETAILS"), speech.phrase("THANKS")),
        ),
    }
    write_text(path, csv_lines(columns), "cp1252")
    return int(order.size)


def _report_keys(company: Company, visited: Visits) -> Text:
    return join("visit:", iso_day(visited.day), "_", company.codes.erp.take(pa.array(visited.customer)))


def _consent_days(created: Ints, stale_rate: float, chance: np.random.Generator) -> tuple[Ints, Bools]:
    """Return when consent was last recorded: mostly near the creation, for the stale ones years before."""
    n = created.size
    fresh = created + (chance.random(n) * np.maximum(END_DAY - created, 1)).astype(np.int64)
    stale = chance.random(n) < stale_rate
    return np.where(stale, 16_100 + chance.integers(0, 1_500, n), fresh), stale


def _turnover(company: Company, row: Ints, code: Text, chance: np.random.Generator) -> Text:
    n = row.size
    cents = np.round(company.population.n_employees[row] * np.exp(chance.normal(11.2, 0.5, n)) * 100).astype(np.int64)
    impossible = chance.random(n) < company.dirt.impossible_amount
    company.faults.add("impossible_amount", "crm/clients.csv", code.filter(pa.array(impossible)))
    amount = where(chance.random(n) < 0.4, None, money(cents, ","))
    return where(impossible, pick(_IMPOSSIBLE_TURNOVER, chance.integers(0, 4, n)), amount)


def _dates(
    company: Company, day: Ints, code: Text, file: str, chance: np.random.Generator, *, is_known: Bools | bool = True
) -> Text:
    """Return days as a Frenchman writes them, some impossible; a fault is noted only where something is written."""
    impossible = chance.random(day.size) < company.dirt.impossible_date
    company.faults.add("impossible_date", file, code.filter(pa.array(impossible & is_known)))
    written = where(impossible, pick(_IMPOSSIBLE_DATES, chance.integers(0, 4, day.size)), french_day(day))
    return where(np.broadcast_to(np.asarray(is_known), day.shape), written, None)


def _spaced(siren: Text) -> Text:
    parts = [pc.utf8_slice_codeunits(siren, start, start + 3) for start in (0, 3, 6)]
    return pc.binary_join_element_wise(*parts, " ")


def _by_language(options: Mapping[bool, Sequence[str]], is_french: Bools, chance: np.random.Generator) -> Text:
    draw = chance.random(is_french.size)
    sides = [pick(options[side], (draw * len(options[side])).astype(np.int64)) for side in (True, False)]
    return where(is_french, sides[0], sides[1])


def _maybe_garbled(company: Company, text: Text, code: Text, file: str, chance: np.random.Generator) -> Text:
    mishap = garbled(text)
    spoiled = (chance.random(len(text)) < 5 * company.dirt.garbled_text) & pc.not_equal(mishap, text).to_numpy(
        zero_copy_only=False
    )
    company.faults.add("garbled_text", file, code.filter(pa.array(spoiled)))
    return where(spoiled, mishap, text)


def _save(path: Path, columns: dict[str, Text], chance: np.random.Generator) -> int:
    """Write the rows in the order of nothing in particular, as exports come."""
    n = len(next(iter(columns.values())))
    order = pa.array(chance.permutation(n))
    write_text(path, csv_lines({name: column.take(order) for name, column in columns.items()}), "cp1252")
    return n
