"""Name things: each kind of id is a type of its own, so that one cannot stand for another."""

from typing import NewType

CustomerId = NewType("CustomerId", int)
PersonId = NewType("PersonId", int)
DecisionId = NewType("DecisionId", str)
SendKey = NewType("SendKey", str)
UserId = NewType("UserId", str)
