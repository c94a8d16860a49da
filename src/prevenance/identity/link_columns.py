"""Recognise in a flat table what tells people and firms apart, by French and English names of columns."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.kit.flat_columns import bare_texts, days_of

# The first role whose words stand in a column's name takes it; more telling words come first.
_ROLES: tuple[tuple[str, str], ...] = (
    ("email", r"e?mail|courriel|mel"),
    ("phone", r"phone|tel|telephone|mobile|portable|fax"),
    ("birth_date", r"dob|birth|birthdate|naissance|ne_e_le|ne_le|nee_le"),
    ("number", r"ssn|soc_sec|social|nir|siret|siren|vat|tva|passport|passeport|national_id|tax|iban"),
    ("first_name", r"first_?name|given|forename|prenom|fname"),
    ("last_name", r"last_?name|surname|family_?name|lname|nom(?!bre)"),
    ("company", r"company|firm|organi[sz]ation|societe|entreprise|raison_sociale|employer|employeur|account"),
    ("postal_code", r"post_?code|postal|zip|cp|plz"),
    ("city", r"city|town|suburb|ville|commune|locality|localite"),
    ("street_number", r"street_?number|house_?number|numero|num_voie"),
    ("address", r"address_?1|address$|adresse|street|rue|voie|addr"),
    ("address_more", r"address_?2|complement"),
    ("region", r"state|region|departement|county|province"),
    ("full_name", r"name|nom"),
)
TEXT_ROLES = tuple(role for role, _ in _ROLES)
_DIGITS = {"phone", "number", "postal_code"}


@dataclass(frozen=True)
class LinkColumns:
    """Names which column of a table plays which part."""

    by_role: dict[str, str]

    @classmethod
    def of(cls, table: pa.Table, aside: set[str]) -> "LinkColumns":
        """Recognise the columns of a table by their names.

        Example:
            >>> people = pa.table({"Prénom": ["Zoé"], "Nom": ["Le Goff"], "Né(e) le": ["1/2/1990"]})
            >>> LinkColumns.of(people, set()).by_role
            {'birth_date': 'Né(e) le', 'first_name': 'Prénom', 'last_name': 'Nom'}
        """
        found: dict[str, str] = {}
        free = [name for name in table.column_names if name not in aside]
        for role, pattern in _ROLES:
            taken = set(found.values())
            for name in free:
                if name not in taken and role not in found and re.search(rf"(^|_)({pattern})", plain(name)):
                    found[role] = name
        if "last_name" in found and "first_name" not in found:
            found["full_name"] = found.pop("last_name")
        return cls(found)

    def prepared(self, table: pa.Table, identifier: str) -> pa.Table:
        """Return the table with one clean column a role, and `unique_id`."""
        columns: dict[str, Any] = {"unique_id": table[identifier].cast(pa.string())}
        for role, name in self.by_role.items():
            columns[role] = _clean(role, table[name])
        return pa.table(columns)


def _clean(role: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if role == "birth_date":
        days = days_of(column, also=("%Y%m%d",))
        if days is not None:
            shown = np.datetime_as_string(np.nan_to_num(days).astype("datetime64[D]"))
            return pc.replace_substring(pa.array(shown, mask=np.isnan(days)), "-", "")
    # A value is cleaned once, however many records say it.
    different = column.cast(pa.string()).combine_chunks().dictionary_encode()
    words = bare_texts(different.dictionary)
    if role == "email":
        clean = pc.utf8_lower(words)
    elif role in _DIGITS or role == "birth_date":
        clean = pc.replace_substring_regex(_bare(words), r"[^0-9a-z]", "")
    else:
        clean = pc.ascii_trim_whitespace(pc.replace_substring_regex(_bare(words), r"[^0-9a-z]+", " "))
    return pc.if_else(pc.equal(clean, ""), None, clean).take(different.indices)


def _bare(words: pa.Array) -> pa.Array:
    """Return text in small letters without accents."""
    return pc.ascii_lower(pc.replace_substring_regex(pc.utf8_normalize(words, form="NFKD"), r"[^\x00-\x7F]", ""))


def plain(text: str) -> str:
    """Return text in small letters without accents, its words joined by underscores.

    Example:
        >>> plain("Né(e) le"), plain("Code postal")
        ('ne_e_le', 'code_postal')
    """
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^0-9a-z]+", "_", bare).strip("_")
