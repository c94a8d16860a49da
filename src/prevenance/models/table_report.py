"""Tell what was found about a flat table: as plain data, in a few sentences, and as a page."""

from dataclasses import dataclass

from prevenance.kit.words import Language
from prevenance.models.table_findings import TableFindings
from prevenance.models.table_page import comparison, lead, table_page


@dataclass(frozen=True)
class TableReport(TableFindings):
    """Holds the answer of `Lab.classify`, and tells it."""

    def to_html(self, language: Language = "en") -> str:
        """Return it as one self-contained page."""
        return table_page(self, language)

    def summary(self, language: Language = "en") -> str:
        """Return it in a few sentences."""
        said = [lead(self, language), comparison(self, language)]
        return "\n".join([*said, *(f"{note.column}: {note.detail.say(language)}" for note in self.warnings)])
