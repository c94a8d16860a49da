"""Audit: can it be trusted, and is it enough?

Before anything is predicted, every source is looked through: can customers be reached, are the sources fresh, do they
agree, who stands twice, what was refused, what does the CRM never hear of, how long is the past. The findings say what
to repair first and what each repair brings; the adequacy gate says, target by target, whether there is enough.
"""

from prevenance.audit.adequacy import Verdict
from prevenance.audit.inspect import AuditReport, adequacy, inspect
from prevenance.audit.placeholders import trust_expr
from prevenance.audit.render import to_json, write

__all__ = ["AuditReport", "Verdict", "adequacy", "inspect", "to_json", "trust_expr", "write"]
