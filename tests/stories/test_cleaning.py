"""What people typed is spelled with care, what they wrote stays beside it, and no sum mixes currencies unseen."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from prevenance.records.tables import FACTS, PARTIES, QUARANTINE
from prevenance.sources import SourceMapping, pull
from prevenance.storage import Lake, open_lake

MONDAY = datetime(2026, 11, 2, 6, tzinfo=UTC)
GROUNDS = {"contract": {"purpose": "carry out the contract", "basis": "contract"}}
PEOPLE: dict[str, Any] = {
    "source": "crm",
    "grounds": GROUNDS,
    "streams": {
        "people": {
            "connector": "csv_file",
            "location": "people.csv",
            "record_id": "no",
            "subject": "crm:{no}",
            "fields": {
                "no": "contract",
                "first": {"ground": "contract", "parse": "person_name"},
                "last": {"ground": "contract", "parse": "person_name"},
                "phone": {"ground": "contract", "parse": "phone"},
                "street": {"ground": "contract", "parse": "address"},
                "town": {"ground": "contract", "parse": "place"},
            },
            "party": {"kind": "person", "first_name": "first", "last_name": "last", "phone": "phone",
                      "address": "street", "city": "town"},
        }
    },
}  # fmt: skip
ORDERS: dict[str, Any] = {
    "source": "shop",
    "grounds": GROUNDS,
    "exchange_rates": {"USD": 0.9},
    "streams": {
        "orders": {
            "connector": "csv_file",
            "location": "orders.csv",
            "record_id": "no",
            "subject": "shop:{client}",
            "fields": {
                "no": "contract",
                "client": "contract",
                "day": {"ground": "contract", "parse": "date_ymd"},
                "amount": {"ground": "contract", "parse": "decimal_comma"},
                "money": {"ground": "contract", "parse": "currency"},
            },
            "events": [{"kind": "order_placed", "occurred_at": "day", "amount": "amount", "currency": "money"}],
        }
    },
}


def load(folder: Path, mapping: dict[str, Any], name: str, text: str) -> Lake:
    (folder / name).write_text(text)
    lake = open_lake(folder / "lake")
    pull(lake, [SourceMapping.model_validate(mapping)], data_folder=folder, as_of=MONDAY)
    return lake


def test_a_person_is_spelled_with_care_and_what_was_written_stays_beside(tmp_path: Path) -> None:
    lake = load(
        tmp_path,
        PEOPLE,
        "people.csv",
        "no;first;last;phone;street;town\n"
        "1;Mme ANNE-LAURE;D’ESTAING;06 12 34 56 78;12, AV. DE LA RÉPUBLIQUE;SAINT-MAUR-DES-FOSSÉS\n"
        "2;Paul;de Vries;+33612345679;3 quai Voltaire;Lyon\n",
    )
    careless, careful = sorted(lake.collect(lake.read(PARTIES)).to_pylist(), key=lambda row: row["record_id"])
    assert careless["first_name"] == "Anne-Laure"
    assert careless["name"] == "Anne-Laure D'Estaing"
    assert careless["address"] == "12 avenue de la République"
    assert careless["city"] == "Saint-Maur-des-Fossés"
    assert json.loads(careless["as_written"]) == {
        "first_name": "Mme ANNE-LAURE",
        "last_name": "D’ESTAING",
        "phone": "06 12 34 56 78",
        "address": "12, AV. DE LA RÉPUBLIQUE",
        "city": "SAINT-MAUR-DES-FOSSÉS",
    }
    assert careful["name"] == "Paul de Vries"
    assert careful["as_written"] is None


def test_amounts_are_converted_at_the_companys_rate_and_kept_as_written(tmp_path: Path) -> None:
    lake = load(
        tmp_path,
        ORDERS,
        "orders.csv",
        "no;client;day;amount;money\n1;A;2026-10-01;100,00;US$\n2;A;2026-10-02;50,00;euros\n3;A;2026-10-03;80,00 $;\n"
        "4;A;2026-10-04;70,00;CHF\n5;A;2026-10-05;60,00;kr\n6;A;2026-10-06;;€\n",
    )
    told = {row["record_id"]: row for row in lake.collect(lake.read(FACTS)).to_pylist()}
    assert (told["1"]["amount"], told["1"]["currency"]) == (Decimal("90.00"), "EUR")
    assert json.loads(told["1"]["attributes"]) == {"amount_as_written": "100.00 USD"}
    assert (told["2"]["amount"], told["2"]["currency"], told["2"]["attributes"]) == (Decimal("50.00"), "EUR", None)
    assert (told["3"]["amount"], told["3"]["currency"]) == (Decimal("72.00"), "EUR"), "the sign stands in the cell"
    assert (told["4"]["amount"], told["4"]["currency"]) == (Decimal("70.00"), "CHF"), "no rate: not taken for euros"
    assert (told["6"]["amount"], told["6"]["currency"]) == (None, None)
    [refused] = lake.collect(lake.read(QUARANTINE)).to_pylist()
    assert (refused["record_id"], refused["field"], refused["value"]) == ("5", "money", "kr")
