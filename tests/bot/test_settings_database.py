"""DATABASE_URL: which addresses are taken, and that nobody ever reads the password in one."""

from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings

ADDRESS = "postgres://marko:open%40sesame@db.example.com:5433/shop"


def test_without_an_address_the_memory_is_a_file() -> None:
    settings = read_settings({"MARKO_DATA_DIR": "here"})
    assert (settings.database_url, settings.place) == (None, Path("here/marko.db"))


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS,
        "postgresql://marko@/shop?host=%2Frun%2Fpostgresql",
        "postgresql://localhost/shop?sslmode=require",
    ],
)
def test_an_address_of_postgresql_is_where_the_memory_is(address: str) -> None:
    settings = read_settings({"DATABASE_URL": f" {address} "})
    assert settings.place == address
    assert settings.vectors == Path("marko-data/vectors.faiss")  # a cache of each bot's own


@pytest.mark.parametrize(
    "address",
    [
        "mysql://marko:open-sesame@localhost/shop",
        "postgres://marko:open-sesame@localhost",
        "postgres://marko:open-sesame@localhost/",
        "postgres://marko:open-sesame@localhost:port/shop",
        "postgres://marko:open-sesame@[::1/shop",
        "marko:open-sesame",
    ],
)
def test_a_broken_address_is_one_clear_line_that_does_not_repeat_it(address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"DATABASE_URL": address})
    assert str(refused.value) == ("DATABASE_URL cannot be read; it takes postgres://USER:PASSWORD@HOST/NAME")


def test_the_password_is_in_no_text_of_the_settings_and_among_the_secrets() -> None:
    settings = read_settings({"DATABASE_URL": ADDRESS})
    assert "sesame" not in repr(settings)
    assert {ADDRESS, "open@sesame"} <= set(settings.secrets)
