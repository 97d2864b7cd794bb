"""The pages that are measured; without Django, for the process that reports has none."""

from __future__ import annotations

# What an operator or a supervisor opens, and what it is called in the report.
PAGES = {
    "regions, the newest first": "/operator/",
    "regions by sales": "/operator/?sort=-gmv",
    "regions, the last page": "/operator/?page={last}",
    "regions found by a text": "/operator/?q=an",
    "silent regions of a province, by errors": "/operator/?stale=1&area={province}&sort=-errors",
    "regions behind, with drift": "/operator/?version=behind&drift=1",
    "regions without a backup, by plan": "/operator/?backup=1&plan=Kota&sort=plan",
    "all regions as CSV": "/operator/csv/",
    "one region, 90 days": "/operator/wilayah/{region}/?days=90",
    "map of the country": "/operator/peta/",
    "map of the country, a year": "/operator/peta/?measure=gmv&days=365",
    "the country as CSV": "/operator/peta/csv/",
    "a province": "/operator/peta/{province}/?days=90",
    "a regency": "/operator/peta/{regency}/?days=90",
    "a kecamatan": "/operator/peta/{district}/?days=90",
    "targets": "/operator/sasaran/",
    "supervisors": "/operator/pembina/",
    "fleet": "/operator/armada/",
    "supervisor: a province": "/pembina/wilayah/{province}/?days=90",
    "supervisor: a regency": "/pembina/wilayah/{regency}/?days=90",
}
