"""Privacy: may we?

The gate before every contact. `ask` weighs one `ContactRequest` by the rules of the catalogue (`rules/`) against what
the ledger knows - opt-outs, consents with their proof, objections, past contacts - and gives one of three answers: a
`Permit`, a `Refusal` (a `NotNow` when it passes with time), or `Undetermined`: *do not contact, show it for repair*.
Only this room can make a `Permit`; nobody is contacted without one, and the sender asks again at the last moment.
`Wishes` records what people want, and a wish to be left alone can only be taken back by the person.
"""

from prevenance.privacy.ask import ask, ask_many
from prevenance.privacy.base import ContactRequest
from prevenance.privacy.consents import import_consents
from prevenance.privacy.permit import NotNow, Permit
from prevenance.privacy.wishes import Wishes

__all__ = ["ContactRequest", "NotNow", "Permit", "Wishes", "ask", "ask_many", "import_consents"]
