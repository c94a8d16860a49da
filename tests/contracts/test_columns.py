"""How a column is written is decided on the whole column, and the reason is one that a person can check."""

import random

import pyarrow as pa
import pytest

from prevenance.kit.spreadsheet import FORMULA_SIGNS, neutralised
from prevenance.sources.adding.columns import Column, understand
from prevenance.sources.adding.meanings import MEANINGS, meaning_of


def understood(name: str, *values: str | None, prefers_french: bool = True, has_number_cells: bool = False) -> Column:
    cells = pa.chunked_array([pa.array(values, pa.string())])
    rows = pa.chunked_array([pa.array(range(2, len(values) + 2), pa.int64())])
    return understand(name, cells, rows, prefers_french=prefers_french, has_number_cells=has_number_cells)


@pytest.mark.parametrize(
    ("name", "values", "parse", "why"),
    [
        ("Jour", ["01/02/2026", "13/02/2026"], "date_dmy", "dd/mm: 13/02/2026 in row 3 cannot be a month"),
        ("Day", ["02/01/2026", "02/13/2026"], "date_mdy", "mm/dd: 02/13/2026 in row 3 cannot begin with the day"),
        ("Day", ["02/01/2026"], "date_dmy", "dd/mm assumed: no date proves it; else write date_mdy"),
        ("Ouvert le", ["3.2.26 14h05"], "datetime_dmy", "dd/mm assumed: no date proves it; else write date_mdy"),
        ("Échéance", ["46066", "46067.5"], "excel_date", "Excel dates"),
        ("Mesure", ["46066", "46067"], "decimal_comma", "numbers"),
        ("Montant", ["12", "1 234,50\u202f€"], "decimal_comma", "decimal comma: 1 234,50\u202f€ in row 3"),
        ("Amount", ["12", "$1,234.50"], "decimal_point", "decimal point: $1,234.50 in row 3"),
        ("N° client", ["0042", "7"], None, "text: 0042 begins with a zero"),
        ("N° commande", ["1E10", "2E10"], None, "text: digits that name something"),
        ("Référence", ["0042", "0043"], None, "text"),
        ("Mobile", ["06 12 34 56 78"], "phone", "text: 06 12 34 56 78 begins with a zero"),
        ("Contact", ["a@b.fr", "c@d.fr"], "email", "e-mail addresses"),
        ("Newsletter", ["X", None, "X"], "yes_no", "yes or no (X)"),
        ("Newsletter", ["1", "0"], "yes_no", "yes or no (1, 0)"),
        ("Nombre", ["1", "0"], "decimal_comma", "numbers"),
        ("Actif", ["Vrai", "Faux"], "yes_no", "yes or no (Vrai, Faux)"),
        ("Rien", [None, " "], None, "empty"),
    ],
)
def test_a_column_is_decided_with_its_reason(name: str, values: list[str], parse: str | None, why: str) -> None:
    column = understood(name, *values)
    assert (column.parse, column.why.en) == (parse, why)


def test_one_date_among_many_is_enough_to_prove_the_order() -> None:
    chance = random.Random(3)
    values = [f"{chance.randint(1, 12):02}/{chance.randint(1, 12):02}/2026" for _ in range(20_000)]
    values[17_011] = "05/31/2026"
    column = understood("Date", *values)
    assert column.parse == "date_mdy"
    assert "05/31/2026 en ligne 17013" in column.why.fr


def test_number_cells_do_not_say_how_texts_are_written() -> None:
    column = understood("Montant", "1234.5", "99.5", "7.25", "1 000,50", has_number_cells=True)
    assert (column.parse, column.decimal) == ("decimal_comma", "comma")


@pytest.mark.parametrize("meaning", MEANINGS)
def test_every_header_we_know_means_one_thing(meaning: str) -> None:
    assert {meaning_of(said) for said in MEANINGS[meaning].split(", ")} == {meaning}


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("N° Client", "customer_no"),
        ("CODE_CLIENT", "customer_no"),
        ("Raison sociale du client", "company"),
        ("Téléphone du contact", "phone"),
        ("Prénom", "first_name"),
        ("Montant T.T.C.", "amount"),
        ("Nom du commercial", None),
        ("Date de relance", None),
        ("Total commandes 2025", None),
    ],
)
def test_a_header_is_known_as_people_write_it(header: str, meaning: str | None) -> None:
    assert meaning_of(header) == meaning


def test_what_might_start_a_formula_is_marked() -> None:
    assert all(neutralised(f"{sign}cmd|' /C calc'!A0").startswith("'") for sign in FORMULA_SIGNS)
