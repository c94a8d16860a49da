"""Make a practice company with known true causes: tests, documentation and a first start live on it.

First the truth is lived (who strains, buys, writes, leaves, and why), then each system writes down its part of it, in
its own ids, spellings and mishaps. The truth itself goes to a folder that only tests may open: it holds the best
possible prediction, so a model can be told how near it came, and the effect of each action, so an experiment can be
told whether it found what is there. `react` lets customers respond to outreach as the truth says.
"""

from prevenance.demo.generate import PracticeCompany, generate
from prevenance.demo.react import react
from prevenance.demo.scale import Kind, Size

__all__ = ["Kind", "PracticeCompany", "Size", "generate", "react"]
