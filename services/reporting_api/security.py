"""Who may read an authority's reports: the caller's key is checked with the complaints service."""

from typing import Annotated, Final

from fastapi import Request, Security
from fastapi.security import APIKeyHeader

from service_conventions.callers import Caller, RememberedKeys, key_sent, unauthorized
from service_conventions.problems import Problem

__all__ = ["READERS", "Caller", "reader"]

READERS: Final = frozenset({"reporting", "manager", "auditor", "service"})
"""The roles that may read reports."""

# Both only name the schemes in the API's description: the key is read by `key_sent`.
_BEARER: Final = APIKeyHeader(name="Authorization", scheme_name="bearer", auto_error=False)
_BASIC: Final = APIKeyHeader(name="Authorization", scheme_name="basic", auto_error=False)


async def reader(
    request: Request,
    authority: str,
    _bearer: Annotated[object, Security(_BEARER)] = None,
    _basic: Annotated[object, Security(_BASIC)] = None,
) -> Caller:
    """The caller, who may read the reports of the authority in the path.

    Raises `Problem`: 401 without a valid key, 403 for a role that reads no reports, 404 for another
    authority's key, which must not learn whether that authority exists.
    """
    keys: RememberedKeys = request.app.state.keys
    caller = await keys.caller(key_sent(request))
    if caller is None:
        raise unauthorized("The key is not valid.")
    if caller.authority is not None and caller.authority != authority:
        raise Problem("unknown-authority", "No such authority, or not this key's.")
    if caller.role not in READERS:
        raise Problem("role-not-allowed", f"Reports are read by: {', '.join(sorted(READERS))}.")
    return caller
