"""Columns for sealed texts and for the blind indexes beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from tenants.personal.sealing import Unreadable, index_of, seal, unseal


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A text that is sealed in the database and plain in Python. Look for it by its blind index; here only for "" and NULL."""

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return seal(plain) if isinstance(plain, str) else plain

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return unseal(value) if isinstance(value, str) else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("exact", "isnull"):
            raise FieldError(f"{self.name} is sealed: look for it by its blind index")
        return _OnlyEmpty if lookup_name == "exact" else super().get_lookup(lookup_name)


class _OnlyEmpty(models.lookups.Exact):  # type: ignore[type-arg]
    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs != "":
            raise FieldError("a sealed text is found by its blind index, never by itself")
        super().__init__(lhs, rhs)


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """By which a sealed number is found: kept from the field `of` at each saving."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **{"max_length": 64, "blank": True, "editable": False, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        plain = getattr(model_instance, self.of) or ""
        if isinstance(plain, Unreadable):
            return str(getattr(model_instance, self.attname))
        value = index_of(plain)
        setattr(model_instance, self.attname, value)
        return value


class HoldsSealed(models.Model):
    """A row with sealed numbers: whoever saves one of them alone saves its blind index too."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None:
            named = set(update_fields)
            update_fields = named | {
                field.name
                for field in self._meta.concrete_fields
                if isinstance(field, BlindIndexField) and field.of in named
            }
        super().save(*args, update_fields=update_fields, **kwargs)
