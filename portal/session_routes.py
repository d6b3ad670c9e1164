"""Routes of signing in, the same in both services."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response

from fleet.realm import Realm
from fleet.roles import Role
from fleet.text import Text
from portal.access import Access
from portal.accounts import COOKIE_S, Person, Session
from portal.guard import Administrator, access_of, cookie_name, session_of, signed_in
from portal.schemas import (
    InvitationIn,
    InvitationOut,
    PersonIn,
    PersonOut,
    SessionOut,
    SetupIn,
    SignInIn,
    TextOut,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """What a session says of the service it belongs to."""

    service: Literal["station", "office"]
    page: str
    realm: Realm
    town_name: Text
    time_scale: float = 1.0


AccessService = Annotated[Access, Depends(access_of)]


def session_router(facts: ServiceFacts) -> APIRouter:
    """Return the routes `/api/session`, `/api/setup`, `/api/people` and `/api/invitations`."""
    router = APIRouter(prefix="/api", tags=["session"])

    @router.get("/session")
    def read_session(request: Request, response: Response, access: AccessService) -> SessionOut:
        """Say who is signed in; open to all, since the sign-in page needs it."""
        session = session_of(request)
        if session is not None:
            _set_cookie(response, request, request.cookies[cookie_name(request)])
        return _session_out(facts, session, access)

    @router.post("/session")
    async def sign_in(body: SignInIn, request: Request, response: Response, access: AccessService) -> SessionOut:
        """Sign in with a name and a password."""
        address = request.client.host if request.client else "unknown"
        work = partial(access.sign_in, name=body.name, password=body.password, address=address)
        token, session = await access.desk.take(work)
        return _begin(facts, response, request, token, session, access)

    @router.delete("/session", status_code=204)
    def sign_out(request: Request, response: Response, access: AccessService) -> None:
        """Sign out."""
        signed_in(request)
        name = cookie_name(request)
        access.sign_out(request.cookies.get(name, ""))
        response.delete_cookie(name, path="/")

    @router.post("/setup", status_code=201)
    async def set_up(body: SetupIn, request: Request, response: Response, access: AccessService) -> SessionOut:
        """Name the first administrator through the one-time link."""
        work = partial(access.set_up, token=body.token, name=body.name, password=body.password)
        token, session = await access.desk.take(work)
        return _begin(facts, response, request, token, session, access)

    @router.post("/people", status_code=201)
    def invite(body: PersonIn, administrator: Administrator, access: AccessService) -> InvitationOut:
        """Add a person; they get a link through which they choose their password."""
        person, token, expires_at_s = access.invite(by=administrator, name=body.name, roles=frozenset(body.roles))
        return InvitationOut(person_id=person.id, path=f"/{facts.page}?invitation={token}", expires_at_s=expires_at_s)

    @router.post("/invitations", status_code=201)
    async def accept(body: InvitationIn, request: Request, response: Response, access: AccessService) -> SessionOut:
        """Choose a password through an invitation."""
        token, session = await access.desk.take(partial(access.accept, token=body.token, password=body.password))
        return _begin(facts, response, request, token, session, access)

    return router


def _begin(
    facts: ServiceFacts, response: Response, request: Request, token: str, session: Session, access: Access
) -> SessionOut:
    _set_cookie(response, request, token)
    return _session_out(facts, session, access)


def _set_cookie(response: Response, request: Request, token: str) -> None:
    # The browser keeps it longer than a session lasts: sessions are renewed over the live socket too, which cannot
    # set a cookie. The store alone says when a session is over.
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(COOKIE_S),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _session_out(facts: ServiceFacts, session: Session | None, access: Access) -> SessionOut:
    return SessionOut(
        service=facts.service,
        realm=facts.realm,
        town_name=TextOut(ja=facts.town_name.ja, en=facts.town_name.en),
        person=None if session is None else _person_out(session.person),
        csrf_token="" if session is None else session.csrf_token,
        setup_needed=session is None and access.setup_needed(),
        time_scale=facts.time_scale,
    )


def _person_out(person: Person) -> PersonOut:
    roles: list[Role] = sorted(person.roles)
    return PersonOut(id=person.id, name=person.name, roles=roles, permissions=sorted(person.permissions))
