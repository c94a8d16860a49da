"""Make a crowd of companies in three systems that do not agree, whose truth is known."""

from datetime import timedelta

import numpy as np
from tests.stories.rows import LONG_AGO, Row, party, person


def slipped(text: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(1, len(text) - 1))
    return text[:place] + text[place + 1 :]


def crowd() -> tuple[list[Row], dict[str, int]]:
    """Return records of 150 companies in three systems that do not agree, and which company each subject is."""
    rng = np.random.default_rng(7)
    towns = [("69003", "Lyon"), ("31000", "Toulouse"), ("35000", "Rennes"), ("13008", "Marseille"), ("59000", "Lille")]
    trades = ["Chaudronnerie", "Menuiserie", "Laiterie", "Imprimerie", "Transports", "Plasturgie", "Brasserie"]
    families = [
        "Morel",
        "Garnier",
        "Lefebvre",
        "Rousseau",
        "Caron",
        "Blanchard",
        "Besson",
        "Maillard",
        "Colin",
        "Dupuy",
    ]
    rows, truth = [], {}
    for number in range(150):
        code, town = towns[number % 5]
        trade, family = trades[number % 7], families[(number * 3) % 10]
        name, street = f"{trade} {family} {'abcdefghij'[number // 15]}zur", f"{number + 1} rue des Forges"
        phone, siren = f"04720{number:05d}", str(404833048 + 7919 * number)
        domain = f"{trade}-{family}-{number}.fr".lower()
        known = {"known_at": LONG_AGO + timedelta(days=number)}
        seen = slipped(name, rng) if rng.random() < 0.2 else name
        rows += [
            party("crm", f"C{number}", name=f"{name} SARL", registration_number=siren if rng.random() < 0.6 else None,
                  postal_code=code, city=town, phone=phone if rng.random() < 0.7 else None, address=street, **known),
            party("erp", f"K{number}", name=seen.upper(), registration_number=siren if rng.random() < 0.6 else None,
                  postal_code=code, city=town, phone=phone, address=street.upper(), email=f"compta@{domain}", **known),
            party("helpdesk", f"9{number}", name=name, attributes=f'{{"domain_names":["{domain}"]}}',
                  ids={"crm": f"C{number}"} if rng.random() < 0.5 else {}, **known),
            person("helpdesk", f"u{number}", name=f"Ada {family}", email=f"ada@{domain}",
                   account_subject=f"helpdesk:9{number}"),
        ]  # fmt: skip
        truth |= {f"crm:C{number}": number, f"erp:K{number}": number, f"helpdesk:9{number}": number}
    return rows, truth
