"""Organizations, their members, and who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
from janua import Database

from examples.identity.settings import Settings
from generated import memberships, organizations
from generated.enums import MembershipRole
from tests.service.conftest import Arrive
from tests.service.people import Organization, Person, found_organization, mail_token


def add(db: Database, organization: Organization, person: Person, role: MembershipRole) -> None:
    """Make a person a member, without an invitation."""
    memberships.add_member(
        db, organization_id=organization.id, user_id=person.id, role=role, title=None, invited_by=None
    )


def test_a_slug_is_taken_once(person: Arrive) -> None:
    """The second organization of this name is refused, and what is no slug too."""
    ada = person("Ada")
    acme = found_organization(ada)
    assert 409 == ada.client.post("/organizations", json={"slug": acme.slug, "name": "Other"}).status_code
    assert 422 == ada.client.post("/organizations", json={"slug": "Not a slug", "name": "Other"}).status_code


def test_an_invitation_makes_a_member(person: Arrive, settings: Settings) -> None:
    """With the role that was offered, once; a new invitation replaces the one before."""
    ada, bob = person("Ada"), person("Bob")
    acme = found_organization(ada)
    offer = {"email": bob.email, "role": "viewer"}
    invited = ada.client.post(f"{acme.path}/invitations", json=offer)
    assert (201, True) == (invited.status_code, invited.json()["was_new"])
    [pending] = ada.client.get(f"{acme.path}/invitations").json()
    assert (bob.email, "viewer") == (pending["email"], pending["role"])
    token = mail_token(settings.mail_folder, bob.email)
    assert not ada.client.post(f"{acme.path}/invitations", json=offer).json()["was_new"]
    assert 404 == bob.client.post("/invitations/acceptance", json={"token": token}).status_code
    for mail in settings.mail_folder.glob("*.eml"):
        if token in mail.read_text():
            mail.unlink()
    token = mail_token(settings.mail_folder, bob.email)
    accepted = bob.client.post("/invitations/acceptance", json={"token": token})
    assert (200, acme.slug, "viewer") == (accepted.status_code, accepted.json()["slug"], accepted.json()["role"])
    assert 404 == bob.client.post("/invitations/acceptance", json={"token": token}).status_code
    assert [acme.slug] == [each["slug"] for each in bob.client.get("/me").json()["organizations"]]


def test_members_come_in_pages(person: Arrive, janua_db: Database) -> None:
    """Every member once, in the order of joining, also where somebody of a page before has left meanwhile."""
    ada = person("Ada")
    acme = found_organization(ada)
    others = [person(f"Member{number}") for number in range(6)]
    for each in others:
        add(janua_db, acme, each, MembershipRole.MEMBER)
    pages = read_pages(ada.client, f"{acme.path}/members", limit=3)
    first = next(pages)
    memberships.remove_member(janua_db, organization_id=acme.id, user_id=others[1].id)
    assert [str(each.id) for each in (ada, *others)] == first + [id for page in pages for id in page]
    assert 422 == ada.client.get(f"{acme.path}/members", params={"after": "rubbish"}).status_code


def read_pages(client: httpx.Client, path: str, limit: int) -> Iterator[list[str]]:
    """Yield the ids on each page."""
    after: str | None = None
    while True:
        page = client.get(path, params={"limit": limit} | ({"after": after} if after else {})).json()
        yield [item["user_id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            return


def test_roles_decide(person: Arrive, janua_db: Database) -> None:
    """To outsiders an organization does not exist; members see it; admins change it; owners make owners."""
    ada, bob, carol, mallory = person("Ada"), person("Bob"), person("Carol"), person("Mallory")
    acme = found_organization(ada)
    add(janua_db, acme, bob, MembershipRole.ADMIN)
    add(janua_db, acme, carol, MembershipRole.MEMBER)
    assert 404 == mallory.client.get(f"{acme.path}/members").status_code
    assert 200 == carol.client.get(f"{acme.path}/members").status_code
    assert 403 == carol.client.get(f"{acme.path}/users", params={"term": "ada"}).status_code
    role_of_carol = f"{acme.path}/members/{carol.id}"
    assert 403 == carol.client.patch(role_of_carol, json={"role": "admin"}).status_code
    assert 204 == bob.client.patch(role_of_carol, json={"role": "viewer"}).status_code
    assert 403 == bob.client.patch(role_of_carol, json={"role": "owner"}).status_code
    assert 403 == bob.client.patch(f"{acme.path}/members/{ada.id}", json={"role": "member"}).status_code
    assert 204 == ada.client.patch(role_of_carol, json={"role": "owner"}).status_code
    assert 404 == ada.client.patch(f"{acme.path}/members/{mallory.id}", json={"role": "owner"}).status_code
    assert 422 == ada.client.patch(role_of_carol, json={"role": "emperor"}).status_code


def test_an_owner_remains(person: Arrive, janua_db: Database) -> None:
    """Of two owners who step down at the same moment, one may not; the audit trail has the other."""
    ada, bob = person("Ada"), person("Bob")
    acme = found_organization(ada)
    add(janua_db, acme, bob, MembershipRole.OWNER)

    def step_down(owner: Person) -> int:
        return owner.client.patch(f"{acme.path}/members/{owner.id}", json={"role": "admin"}).status_code

    with ThreadPoolExecutor(2) as threads:
        assert [204, 409] == sorted(threads.map(step_down, [ada, bob]))
    found = organizations.get_organization_by_slug(janua_db, slug=acme.slug)
    assert found is not None
    assert found.owner_id in (ada.id, bob.id)
    trail = ada.client.get(f"{acme.path}/audit/{acme.created_at.year}/{acme.created_at.month}").json()
    assert {"role": {"old": "owner", "new": "admin"}} == trail[0]["changes"]


def test_search_finds_what_resembles(person: Arrive, janua_db: Database) -> None:
    """Among the members of this organization only, the most similar first."""
    ada, adam, mallory = person("Ada"), person("Adam"), person("Adamant")
    acme = found_organization(ada)
    found_organization(mallory)
    add(janua_db, acme, adam, MembershipRole.MEMBER)
    found = ada.client.get(f"{acme.path}/users", params={"term": "adam"}).json()
    assert ["Adam"] == [each["display_name"] for each in found][:1]
    assert "Adamant" not in [each["display_name"] for each in found]


def test_the_audit_trail_has_months(person: Arrive) -> None:
    """An event is in its own month, and in no other."""
    ada = person("Ada")
    acme = found_organization(ada)
    path = f"{acme.path}/audit"
    [event] = ada.client.get(f"{path}/{acme.created_at.year}/{acme.created_at.month}").json()
    assert ("organization.created", "Ada", str(acme.id)) == (event["action"], event["actor"], event["target_id"])
    assert [] == ada.client.get(f"{path}/2001/1").json()
    assert 422 == ada.client.get(f"{path}/2001/13").status_code
