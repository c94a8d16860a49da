"""Start real processes that a test may kill: copies of this one, so that nothing has to be imported again."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

_FORK = multiprocessing.get_context("fork")


def start(work: Callable[..., Any], *arguments: Any) -> BaseProcess:
    """Run a function in a process of its own; it ends with this one."""
    child = _FORK.Process(target=work, args=arguments, daemon=True)
    child.start()
    return child
