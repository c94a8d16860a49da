"""Features: what does it add up to?

A view is one file that says what is measured on the timeline and what follows from it; a signal is one file that says
when those figures call for someone, in a sentence. Both are declarations over Ibis expressions: the same ones serve the
nightly run, training, and the back-test over history, for any customers and any cutoffs, each seen exactly as it could
have been seen at the time.
"""

from prevenance.features.compute import active_grid, compute, feature_cards
from prevenance.features.detect import detect
from prevenance.features.fire import fire
from prevenance.features.signals_file import SignalsFile
from prevenance.features.thresholds import signal_cards

__all__ = [
    "SignalsFile",
    "active_grid",
    "compute",
    "detect",
    "feature_cards",
    "fire",
    "signal_cards",
]
