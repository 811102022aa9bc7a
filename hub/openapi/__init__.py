"""The hub's API described for programs, as OpenAPI 3.1, out of the limits and the catalogue that it obeys."""

from hub.openapi.api import api
from hub.openapi.document import PAGES_ONLY, PROGRAMS_ONLY, describe

__all__ = ["PAGES_ONLY", "PROGRAMS_ONLY", "api", "describe"]
