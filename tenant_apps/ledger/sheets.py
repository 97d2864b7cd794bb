"""Tables for spreadsheets, as the catalogue's export.

Google Sheets, LibreOffice and Excel's "From Text/CSV" read them as they are. An Indonesian Excel that opens the file by a double click
expects semicolons and shows one column. Amounts are whole rupiah without dots, times are the region's own.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tenants.exports import csv_file as sheet
from tenants.kernel.cells import Cell

__all__ = ["Cell", "moment", "sheet"]


def moment(at: datetime, zone: str) -> str:
    """2026-11-24 14:05, as spreadsheets know it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
