"""Bearer keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.bearer import KEY_LENGTH_MIN, Keyring, keys_in
from lineage_shared.errors import InvalidSetting, Unauthorized

KEY, OTHER = "a" * KEY_LENGTH_MIN, "b" * 40


def test_open_door() -> None:
    """Without keys everybody passes, whatever the header."""
    ring = Keyring.of(["", "  "])
    assert not ring
    ring.check(None)
    ring.check("Bearer anything")


@pytest.mark.parametrize("header", [f"Bearer {KEY}", f"bearer {OTHER}", f"BEARER   {KEY} "])
def test_known_key(header: str) -> None:
    """Each of the keys opens; the scheme's case and white space do not matter."""
    ring = Keyring.of([KEY, f" {OTHER}\n"])
    assert ring
    ring.check(header)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", f"Basic {KEY}", KEY, f"Bearer{KEY}"])
def test_no_key(header: str | None) -> None:
    """Without a bearer key: 401, and how to send one."""
    with pytest.raises(Unauthorized, match="required") as caught:
        Keyring.of([KEY]).check(header)
    assert caught.value.status == 401
    assert "Authorization: Bearer" in caught.value.hint


@pytest.mark.parametrize("token", [KEY[:-1], KEY + "a", KEY.upper(), OTHER, "ä", "é" * 20])
def test_wrong_key(token: str) -> None:
    """Anything but the whole key: 401."""
    with pytest.raises(Unauthorized, match="unknown"):
        Keyring.of([KEY]).check(f"Bearer {token}")


@given(st.text(max_size=40))
def test_any_header(header: str) -> None:
    """Any header passes or is `Unauthorized`."""
    with pytest.raises(Unauthorized):
        Keyring.of([OTHER]).check(header)


@pytest.mark.parametrize("key", ["tiny", "x" * (KEY_LENGTH_MIN - 1), "ü" * 20, "a" * 20 + "\x00b", "a" * 20 + "\udc80"])
def test_unfit_key(key: str) -> None:
    """A key too short to be a secret, or that no header can carry, is refused when it is configured."""
    with pytest.raises(InvalidSetting) as caught:
        Keyring.of([KEY, key])
    assert caught.value.hint
    assert key not in caught.value.message


def test_keys_are_not_shown() -> None:
    """Neither a key nor its digest appears when a keyring is printed."""
    ring = Keyring.of([KEY])
    assert KEY not in repr(ring)
    assert repr(ring.digests[0]) not in repr(ring)


def test_keys_of_a_file() -> None:
    """A key file holds one key a line; comments go, and a key may hold a # inside."""
    assert keys_in("# who\n0123456789#abcdef # laptop\n\n  second-key-of-all\n", "file") == [
        "0123456789#abcdef",
        "second-key-of-all",
    ]
    with pytest.raises(InvalidSetting, match="holds no key"):
        keys_in("# nothing\n", "file")
