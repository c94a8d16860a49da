"""Write the satisfaction survey as a spreadsheet kept by hand: titles above, totals below, names typed."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo.history import Life
from prevenance.demo.scale import AS_OF, END_DAY, N_MONTHS, Ints, month_start, season_month
from prevenance.demo.sentences import Speech
from prevenance.demo.spelling import company_name, soiled_emails
from prevenance.demo.systems import Company
from prevenance.demo.text import digits, where

HEADER = ("Date", "E-mail", "Société", "Note (1-5)", "Recommanderiez-vous (0-10)", "Commentaire")
_SURVEY_MONTHS = (3, 9)  # April and October
_EXCEL_EPOCH = 25_569  # days between Excel's first day and 1970


def write_survey(folder: Path, company: Company, life: Life) -> dict[str, int]:
    """Write the answers; unhappy and delighted customers answer more often, as in life."""
    import xlsxwriter

    customer, day, note, score = _answers(company, life)
    chance, n = company.chance("survey text"), customer.size
    person = pa.array(company.people.first_of_customer[customer])
    email = soiled_emails(
        company,
        company.people.email.take(person),
        digits(np.arange(1, n + 1)),
        "survey/enquete_satisfaction.xlsx",
        chance,
    )
    email = where(chance.random(n) < 0.12, pc.utf8_upper(email), email)
    name = company_name(company.names, customer, chance, is_old_system=False)
    speech = Speech(company.population.is_french[customer], company.population.seed, "survey")
    comment = where(chance.random(n) < 0.55, speech.comment(note), None)
    path = folder / "survey" / "enquete_satisfaction.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": AS_OF.replace(tzinfo=None)})
        sheet = book.add_worksheet("Réponses")
        dates = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Enquête de satisfaction Mécaléa"])
        sheet.write_row(1, 0, ["Export du 01/11/2026, réponses des clients"])
        sheet.write_row(2, 0, HEADER)
        rows = zip(
            (day + _EXCEL_EPOCH).tolist(),
            email.to_pylist(),
            name.to_pylist(),
            note.tolist(),
            score.tolist(),
            comment.to_pylist(),
            strict=True,
        )
        for line, (at, *rest) in enumerate(rows, start=3):
            sheet.write_number(line, 0, at, dates)
            sheet.write_row(line, 1, rest)
        sheet.write_row(n + 3, 0, ["Total", f"{n} réponses", "", float(note.mean()) if n else 0.0])
    return {"survey/enquete_satisfaction.xlsx": n}


def _answers(company: Company, life: Life) -> tuple[Ints, Ints, Ints, Ints]:
    chance, population = company.chance("survey answers"), company.population
    parts = []
    for month in (m for m in range(N_MONTHS) if int(season_month(m)) in _SURVEY_MONTHS):
        quality = 3.9 - 0.6 * life.strain[:, month] + population.contentment + chance.normal(0, 0.5, population.n)
        answers = (
            life.alive[:, month]
            & (life.left_month > month)
            & (chance.random(population.n) < 0.16 + 0.12 * (np.abs(quality - 3.4) > 1.2))
        )
        who = np.nonzero(answers)[0]
        day = month_start(month) + chance.integers(4, 26, who.size)
        score = np.clip(np.round(2.1 * quality[who] + chance.normal(0, 1, who.size)), 0, 10).astype(np.int64)
        parts.append((who, day, np.clip(np.round(quality[who]), 1, 5).astype(np.int64), score))
    customer, day, note, score = (np.concatenate(side) for side in zip(*parts, strict=True))
    order = np.lexsort((customer, day))
    return customer[order], np.minimum(day[order], END_DAY - 1), note[order], score[order]
