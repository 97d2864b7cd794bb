"""Loads the code once for the processes of `killed`."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warsa.settings")
django.setup()
