"""Who signs in. A row in public is a platform account, a row in a region's schema is a person of that region.

The two share the shape of this table and nothing else: a citizen of Kalidoni does not exist in Lombok or on the platform.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from tenants.personal.fields import BlindIndexField, HoldsSealed, SealedField


class UserManager(BaseUserManager["User"]):
    def create_user(self, password: str | None = None, **fields: Any) -> User:
        """A person who can sign in by the given e-mail or phone number."""
        user = self.model(**fields)
        user.email = self.normalize_email(user.email).lower()
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(HoldsSealed, AbstractBaseUser):
    """A sign-in identity. What a person may do is said elsewhere: region roles in accounts, operators in operations."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, blank=True)
    # Only an address that was shown to be this person's; until then it waits in allauth's EmailAddress.
    email = models.EmailField(blank=True)
    # E.164, "+62812…"
    phone = SealedField(max_length=16, blank=True)
    phone_index = BlindIndexField(of="phone", db_default="")
    phone_verified = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=5, default="id")
    date_joined = models.DateTimeField(auto_now_add=True)
    # Part of what a session proves: one more, and every session of this person has ended.
    session_epoch = models.PositiveIntegerField(default=0)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "public_id"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="user_email_once"),
            # Two people may type the same number; only one can prove it.
            models.UniqueConstraint("phone", condition=models.Q(phone_verified=True), name="user_phone_once"),
            models.UniqueConstraint(
                fields=["phone_index"],
                condition=models.Q(phone_verified=True) & ~models.Q(phone_index=""),
                name="user_phone_index_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or str(self.public_id)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django builds the hash of today's key and those of earlier keys through this one method.
        return salted_hmac(
            "warsa.session", f"{self.session_epoch}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def is_proven(self) -> bool:
        """Whether an address was shown to be this person's, so that a password alone lets them in."""
        return bool(self.email) or self.phone_verified

    @property
    def proven_phone(self) -> str:
        """The number, if it was proven to be theirs; else nothing."""
        return self.phone if self.phone_verified else ""

    @property
    def actor(self) -> str:
        """How history rows name this person."""
        return f"user:{self.public_id}"
