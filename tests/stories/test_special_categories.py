"""Data that the law protects most are recognised by name and in people's words; innocent look-alikes are not."""

import ibis
import pytest

from prevenance.records.special_categories import category_expr, category_of_name

TEXTS: dict[str, str | None] = {
    "Je suis en arrêt maladie jusqu’au 12, merci de patienter.": "health",
    "Mon médecin m’interdit de porter la pièce.": "health",
    "I am pregnant and on maternity leave": "health",
    "Notre technicien est diabétique": "health",
    "Pas de visite pendant le ramadan, M. Benali est pratiquant": "religion",
    "She is Jewish, do not call on Saturday": "religion",
    "Il est délégué syndical": "union",
    "Adhérent de la CGT": "union",
    "He is our shop steward": "union",
    "Militante du parti local": "politics",
    "Il parle de ses opinions politiques": "politics",
    "Question sur son orientation sexuelle": "sexual_life",
    "client d’origine maghrébine": "origin",
    "Son casier judiciaire n’est pas vierge": "offences",
    "relevé d’empreintes digitales à l’entrée": "biometrics",
    "NIR 2 84 05 88 156 042 18": "national_number",
    "numéro 1 55 08 2A 123 456 96": "national_number",
    "numéro 1 55 08 2A 123 456 57": None,
    "ssn 078-05-1120": "national_number",
    "AB 12 34 56 C": "national_number",
    "La santé financière de l’entreprise est bonne": None,
    "À votre santé !": None,
    "Le syndicat de copropriété a voté les travaux": None,
    "Le syndicat des eaux est notre client": None,
    "Notre politique tarifaire change": None,
    "see the privacy policy": None,
    "C’est une race condition dans le logiciel": None,
    "Il suit religieusement le plan d’entretien": None,
    "Nous avons une forte orientation client": None,
    "La machine est malade": None,
    "L’enceinte climatique est en panne": None,
    "L’équipe opère de la même façon": None,
    "Un casier de pièces manque": None,
    "Commande 2 84 05 88 156 042 73": None,
    "Rappelez au 01 84 05 88 15": None,
    "": None,
}


def test_words_of_people_are_read_as_a_person_would() -> None:
    table = ibis.memtable({"text": list(TEXTS)})
    found = table.mutate(category=category_expr(table.text)).to_pyarrow().to_pylist()
    assert {row["text"]: row["category"] for row in found} == TEXTS


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Handicap (RQTH)", "health"),
        ("medicalNotes", "health"),
        ("Numéro de sécu", "national_number"),
        ("Religion", "religion"),
        ("opinion_politique", "politics"),
        ("syndiqué", "union"),
        ("casier judiciaire", "offences"),
        ("race", "origin"),
        ("customer_health_score", None),
        ("Santé du compte", None),
        ("politique_tarifaire", None),
        ("trace", None),
        ("racine", None),
        ("assurance auto", None),
        ("navire", None),
        ("culture", None),
        ("confection", None),
    ],
)
def test_names_of_columns_are_read_as_a_person_would(name: str, category: str | None) -> None:
    assert category_of_name(name) == category
