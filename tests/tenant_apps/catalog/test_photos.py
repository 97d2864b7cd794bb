"""Pictures of products: drawn anew, small, without what cameras write, and served for ever."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tenants.context import current_region
from tests.cast import Cast, browser_of


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def picture(size: tuple[int, int] = (1200, 900), kind: str = "JPEG", mode: str = "RGB", exif: bool = False) -> bytes:
    out = io.BytesIO()
    drawn = Image.new(mode, size, (200, 30, 30, 128) if mode == "RGBA" else (200, 30, 30))
    about = Image.Exif()
    if exif:
        about[0x010F] = "Kamera Hasan"
        about[0x0112] = 6
    drawn.save(out, kind, exif=about)
    return out.getvalue()


def sent(content: bytes, name: str = "beras.jpg") -> dict[str, SimpleUploadedFile]:
    return {"photo": SimpleUploadedFile(name, content, content_type="image/jpeg")}


def page(market: Cast) -> str:
    return f"/wilayah/katalog/{market.rice.public_id}/foto/"


def files(media: Path) -> list[str]:
    return sorted(str(path.relative_to(media)) for path in media.rglob("*.webp"))


def shown(answer: Any) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


def test_a_photo_is_drawn_in_two_sizes_and_everybody_sees_it(market: Cast, media: Path) -> None:
    assert browser_of(market.budi).post(page(market), sent(picture(exif=True))).status_code == 302
    market.rice.refresh_from_db()
    folder = f"regions/{current_region().schema_name}/products/{market.rice.public_id}/"
    assert len(files(media)) == 2 and all(name.startswith(folder) for name in files(media))
    for address, width in ((market.rice.small_photo, 320), (market.rice.large_photo, 640)):
        answer = browser_of(None).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
        drawn = shown(answer)
        # Turned as the camera was held, and nothing said about it.
        assert drawn.height == width and drawn.width == width * 3 // 4
        assert not drawn.getexif() and "exif" not in drawn.info


def test_a_new_photo_has_a_new_address_and_the_old_one_is_gone(
    market: Cast, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    budi = browser_of(market.budi)
    budi.post(page(market), sent(picture()))
    market.rice.refresh_from_db()
    before, old = files(media), market.rice.small_photo
    with django_capture_on_commit_callbacks(execute=True):
        budi.post(page(market), sent(picture((300, 600), "PNG", "RGBA")))
    market.rice.refresh_from_db()
    assert market.rice.small_photo != old and not set(before) & set(files(media)) and len(files(media)) == 2
    assert browser_of(None).get(old).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        budi.post(page(market), {"remove": "1"})
    market.rice.refresh_from_db()
    assert (market.rice.small_photo, files(media)) == ("", [])


def test_the_same_photo_again_changes_nothing(market: Cast, media: Path) -> None:
    budi = browser_of(market.budi)
    for _tap in range(2):
        budi.post(page(market), sent(picture()))
    assert len(files(media)) == 2


def huge() -> bytes:
    """A few bytes that would unpack to more than fifty megapixels."""
    out = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\x00" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture()[:300],
        b"\xff\xd8\xff" * 50,
        huge(),
    ],
    ids=["empty", "gif", "svg", "cut off", "noise", "bomb"],
)
def test_what_is_no_picture_is_refused(market: Cast, media: Path, content: bytes) -> None:
    answer = browser_of(market.budi).post(page(market), sent(content), follow=True)
    assert answer.status_code == 200 and [one.level_tag for one in answer.context["messages"]] == ["error"]
    market.rice.refresh_from_db()
    assert not market.rice.photo and files(media) == []


def test_a_file_that_is_too_large_is_refused(market: Cast, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.pictures.MOST_BYTES", 100)
    browser_of(market.budi).post(page(market), sent(picture()))
    assert files(media) == []


@pytest.mark.parametrize("who", ["hasan", "yuli", "ratna"])
def test_only_admins_give_photos(market: Cast, media: Path, who: str) -> None:
    answer: Any = browser_of(getattr(market, who)).post(page(market), sent(picture()))
    assert answer.status_code == 404 and files(media) == []


def test_the_storefront_shows_it(market: Cast, media: Path) -> None:
    browser_of(market.budi).post(page(market), sent(picture()))
    market.rice.refresh_from_db()
    text = browser_of(None).get(f"/warung/{market.warung.slug}/").content.decode()
    assert f'src="{market.rice.small_photo}"' in text
    # The egg has none: its icon stays.
    assert text.count("/foto/") == 1 and text.count("tile-picture") == 2
