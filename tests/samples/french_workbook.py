"""Make a 12-column French workbook with every habit of people who never read a manual."""

import datetime as dt
from pathlib import Path

import xlsxwriter

HEADERS = (
    "N° client", "Raison sociale", "SIRET", "Contact e-mail", "Téléphone", "Code postal", "Ville", "N° commande",
    "Date de commande", "Montant TTC (€)", "Grand compte", "Newsletter\u200b",
)  # fmt: skip
DAY = dt.date(2026, 1, 5)


def siret(n: int) -> str:
    """Return a SIRET whose first nine digits pass the check (Luhn), leading zeros and all."""
    stem = f"{n:08}"
    odd = sum(int(d) if place % 2 else sum(divmod(2 * int(d), 10)) for place, d in enumerate(reversed(stem)))
    return f"{stem}{-odd % 10}00012"


def make_french_workbook(path: Path, *, n_rows: int = 60) -> Path:
    """Write the workbook; of its orders three are not sound: a date, an amount and a number are missing or wrong."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": n_rows > 5000})
    date, bold = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"bold": True})
    book.add_worksheet("Mode d’emploi").hide()
    book.add_worksheet("Feuil2")
    sheet = book.add_worksheet("Commandes 2026")
    sheet.write(0, 0, "Export du CRM – commandes 2026", bold)
    sheet.write(1, 0, "édité le 26/11/2026 par Zoé")
    for column, name in enumerate(HEADERS):
        sheet.write(3, column, name, bold)
    for n in range(n_rows):
        row, client, day = n + 4, n // 2, DAY + dt.timedelta(days=n % 300)
        texts = [
            f"{client:05}",
            f"Établissements Nº{client} & Cie",
            siret(client),
            f"Contact{client}@exemple-{client}.fr",
        ]
        for column, value in enumerate(texts):
            sheet.write_string(row, column, value)
        sheet.write_string(row, 4, f"0{1 + client % 5} {client % 90 + 10} 34 56 78")
        sheet.write_string(row, 5, f"{1000 + client % 9000:05}")
        sheet.write_string(row, 6, ("Saint-Étienne", "Nîmes", "L’Haÿ-les-Roses")[client % 3])
        sheet.write_string(row, 7, f"{n}E10")
        kind = n % 4
        if kind == 0:
            sheet.write_datetime(row, 8, dt.datetime.combine(day, dt.time()), date)
        elif kind == 1:
            sheet.write_string(row, 8, f"{day:%d/%m/%Y}")
        elif kind == 2:
            sheet.write_number(row, 8, (day - dt.date(1899, 12, 30)).days)
        else:
            sheet.write_string(row, 8, f"{day.day}/{day.month}/{day:%y}")
        amount = 1000 + n % 7000 + 0.5
        if n % 3 == 0:
            sheet.write_number(row, 9, amount)
        else:
            space = ("\u202f", "\u00a0", " ")[n % 3]
            whole = f"{int(amount):,}".replace(",", space)
            sheet.write_string(row, 9, f"{whole},50{space}€")
        sheet.write(row, 10, ("Oui", "Non", "VRAI", "")[client % 4] or None)
        sheet.write(row, 11, "X" if client % 2 else None)
    spoil = n_rows + 4
    (
        sheet.write_row(spoil, 0, ["00001", "Établissements Nº1 & Cie"]),
        sheet.write_row(spoil, 7, ["B1", "31/02/2026", "12,00 €"]),
    )
    sheet.write_row(spoil + 1, 0, ["00002", "=Café"]), sheet.write_row(spoil + 1, 7, ["B2", "03/03/2026", "à voir"])
    sheet.write_row(spoil + 2, 1, ["Sans numéro"]), sheet.write_row(spoil + 2, 7, ["B3", "04/03/2026", "10,00 €"])
    sheet.write_string(spoil + 4, 1, "TOTAL GÉNÉRAL")
    sheet.write_formula(spoil + 4, 9, "=SUM(J5:J64)", None, 99999.5)
    book.close()
    return path
