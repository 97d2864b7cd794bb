"""From an approved registration to its first admin: one mail, which opens the account and the role."""

from __future__ import annotations

from shared_apps.onboarding.services import building
from shared_apps.onboarding.services.deciding import approve, submit
from tenant_apps.accounts.hooks import first_admin
from tenant_apps.accounts.models import Invitation, Role, RoleGrant
from tenants.context import in_region, on_platform
from tenants.hosts import site_for
from tenants.identity.models import User
from tests.shared_apps.onboarding.people import LOMBOK, complete
from tests.tenant_apps.accounts.doors import PASSWORD, Door, messages_to, token_in


def test_the_applicant_becomes_admin_of_the_region_that_was_built(committed: None) -> None:
    with on_platform():
        registration = complete(LOMBOK, slug="sasak")
        submit(registration=registration)
        approve(registration=registration, by="operator:test")
        building.build(registration.pk)
        site = site_for("sasak.localhost")
        assert site is not None and site.region is not None
        new = building.new_region(registration)
    with in_region(site.region):
        first_admin(new)
        (body,) = messages_to("made@example.test")
        assert "http://sasak.localhost:8000/undangan/" in body and "undang pemilik warung pertama" in body
        assert Invitation.objects.get().role == Role.ADMIN
        door = Door("sasak")
        link = f"/undangan/{token_in(body)}/"
        assert door.get(link).status_code == 200
        assert door.post(f"{link}gabung/", name="Made", password=PASSWORD).status_code == 302
        made = User.objects.get()
        assert (door.user, made.email, made.is_proven) == (made, "made@example.test", True)
        assert RoleGrant.objects.get().role == Role.ADMIN
        first_admin(new)
        assert len(messages_to("made@example.test")) == 1
