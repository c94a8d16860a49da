"""Show people what the product knows and proposes, and take back what they decide.

A thin face: each page translates a request, calls one front-door verb through `Services`, and renders. It holds no
data code; who may open what is declared on each route, and a route that declares nothing keeps the service from
starting.
"""

from prevenance.web.line import BoundedLine
from prevenance.web.services import Services
from prevenance.web.serving import create_web
from prevenance.web.starting import from_environment

__all__ = ["BoundedLine", "Services", "create_web", "from_environment"]
