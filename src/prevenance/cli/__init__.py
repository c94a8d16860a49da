"""The command line: translate words into one front-door verb, and say what came of it.

Data go to stdout, talk and progress to stderr. Exit codes: 0 done, 1 done with findings, 2 usage or settings,
3 source or network, 4 refused by policy, 130 interrupted.
"""

from prevenance.cli.face import main

__all__ = ["main"]
