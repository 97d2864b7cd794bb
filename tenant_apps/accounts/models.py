"""The people of this region: what they may do, who invited them, where they live."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock


class Role(models.TextChoices):
    """What a person may do besides shopping, which everybody may."""

    OWNER = "owner", _("warung owner")
    STAFF = "staff", _("warung staff")
    SATKER = "satker", _("Satker officer")
    ADMIN = "admin", _("region admin")


class RoleGrant(models.Model):
    """A person has a role in this region."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)
    by = models.CharField(max_length=80)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="role_once", fields=["user", "role"]),
            models.CheckConstraint(name="role_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class RoleEvent(models.Model):
    """What was decided about a person: written once, never changed (the database refuses it)."""

    class Kind(models.TextChoices):
        GRANTED = "granted", _("role given")
        REVOKED = "revoked", _("role taken away")
        DEACTIVATED = "deactivated", _("account closed")
        REACTIVATED = "reactivated", _("account opened again")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_events")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    # Empty where the whole account is meant.
    role = models.CharField(max_length=8, choices=Role.choices, blank=True)
    by = models.CharField(max_length=80)
    # What it came from, such as "invitation:<uuid>".
    source = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("decision about a person")
        verbose_name_plural = _("decisions about people")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="role_event_whole",
                condition=Q(kind__in=["granted", "revoked"], role__in=Role.values)
                | Q(kind__in=["deactivated", "reactivated"], role=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.role}"


class Invitation(models.Model):
    """A link that gives whoever opens it a role, once.

    The link that the inviter is shown and those that are sent are different ones: whoever comes by the mailed link
    has shown that the mailbox is theirs, whoever comes by the shown one has shown nothing.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"), blank=True)
    # E.164
    phone = models.CharField(_("phone number"), max_length=16, blank=True)
    # What the role is for, where it is for something: the public_id of a warung.
    subject = models.UUIDField(null=True, blank=True)
    # Only the hashes of the links' secrets are kept.
    token_hash = models.CharField(max_length=64, unique=True)
    email_token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    phone_token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    by = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="invitation_role_known", condition=Q(role__in=Role.values)),
            # Accepted by somebody, or by nobody: never half.
            models.CheckConstraint(
                name="invitation_accepted_whole",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
            ),
            # A second tap on "invite" sends no second invitation.
            models.UniqueConstraint(
                name="invitation_open_once",
                fields=["role", "subject", "name", "email", "phone"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.role}"

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > clock.now()


class Profile(models.Model):
    """Where a person lives, for the nearest warungs and for deliveries."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    village_code = models.CharField(_("kelurahan"), max_length=13, blank=True)
    rw = models.PositiveSmallIntegerField(_("RW"), null=True, blank=True)
    rt = models.PositiveSmallIntegerField(_("RT"), null=True, blank=True)
    address = models.CharField(_("street and number"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # An RT is part of an RW.
            models.CheckConstraint(name="profile_rt_has_rw", condition=Q(rt__isnull=True) | Q(rw__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Passkey(models.Model):
    """A device with which a person agrees to a step: its public key. The private one never leaves the device."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys")
    # The site for which the device made it; no other may ask for it.
    host = models.CharField(max_length=253)
    name = models.CharField(_("name"), max_length=60)
    credential_id = models.CharField(max_length=1400, unique=True)
    credential = models.BinaryField()
    count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name


class PasskeyChallenge(models.Model):
    """What a device was asked, for one step of one person; used once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    host = models.CharField(max_length=253)
    # A digest of what was about to be sent.
    step = models.CharField(max_length=64)
    challenge = models.CharField(max_length=43, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.step
