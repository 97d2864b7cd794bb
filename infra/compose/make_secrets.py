"""`python3 infra/compose/make_secrets.py`: every secret of the compose file, made once, in infra/compose/secrets/. Standard library only.

What is there stays as it is. Keep a copy elsewhere: without `personal_keys` the sealed numbers in a backup open nowhere.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"


def write(folder: Path, name: str, value: str) -> str:
    """The secret of this name; made now if there is none."""
    file = folder / name
    if not file.exists():
        # Readable inside a container by its own user; the folder keeps everybody else out here.
        file.touch(mode=0o600)
        file.write_text(value + "\n")
        file.chmod(0o444)
    return file.read_text().strip()


def make(folder: Path) -> list[str]:
    """All of them are there. Returns their names."""
    folder.mkdir(mode=0o700, exist_ok=True)
    passwords = {
        name: write(folder, name, secrets.token_urlsafe(32))
        for name in ("admin_password", "web_password", "worker_password", "backup_password")
    }
    web, worker = passwords["web_password"], passwords["worker_password"]
    urls = {
        "admin_database_url": f"postgresql://postgres:{passwords['admin_password']}@database:5432/warsa",
        "web_database_url": f"postgresql://warsa_web:{web}@pgbouncer:6432/warsa",
        "worker_database_url": f"postgresql://warsa_worker:{worker}@pgbouncer:6432/warsa",
        "migrate_database_url": f"postgresql://warsa_worker:{worker}@database:5432/warsa",
        "backup_database_url": f"postgresql://warsa_backup:{passwords['backup_password']}@database:5432/warsa",
        "pgbouncer_users": f'"warsa_web" "{web}"\n"warsa_worker" "{worker}"',
        "secret_key": secrets.token_urlsafe(64),
        "personal_keys": secrets.token_urlsafe(64),
        "grafana_password": secrets.token_urlsafe(24),
        # Given by others; empty until you write them.
        "smtp_password": "",
        "sentry_dsn": "",
        "stripe_key": "",
        "stripe_webhook_secret": "",
    }
    for name, value in urls.items():
        write(folder, name, value)
    return sorted({*passwords, *urls})


def main() -> int:
    print(f"In {FOLDER}: " + ", ".join(make(FOLDER)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
