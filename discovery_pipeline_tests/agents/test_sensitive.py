"""What is somebody's by its looks, and a text's one spelling."""

from __future__ import annotations

import pytest

from discovery_pipeline.agents.sensitive import KEPT, plain_text, sensitive

UUID = "4A3F0B6C-1111-2222-3333-444455556666"
PEM = "-----BEGIN KEY-----\nMII\n-----END KEY-----"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("mail a.b-c@bank.example.", [("email", "a.b-c@bank.example")], id="mail"),
        pytest.param("<mailto:jö@bücher.example>", [("email", "jö@bücher.example")], id="mail of other scripts"),
        pytest.param("at 10.20.30.40:443", [("address", "10.20.30.40")], id="IPv4"),
        pytest.param("10.20.30.0/24, 10.9.8.x", [("address", "10.20.30.0/24"), ("address", "10.9.8.x")], id="networks"),
        pytest.param("fe80::1%eth0 ::1", [("address", "fe80::1%eth0"), ("address", "::1")], id="IPv6, short"),
        pytest.param("2001:db8:0:0:0:0:0:1", [("address", "2001:db8:0:0:0:0:0:1")], id="IPv6, long"),
        pytest.param("version 10.0.17763", [], id="a version is no address"),
        pytest.param(
            "00:50:56:aa:bb:01 0050.56aa.bb01", [("mac", "00:50:56:aa:bb:01"), ("mac", "0050.56aa.bb01")], id="MAC"
        ),
        pytest.param(UUID, [("id", UUID)], id="UUID"),
        pytest.param("S-1-5-21-3623811015-500", [("id", "S-1-5-21-3623811015-500")], id="SID"),
        pytest.param("call +49 (151) 234-5678", [("number", "+49 (151) 234-5678")], id="phone"),
        pytest.param("tel 0151 2345678", [("number", "0151 2345678")], id="phone at home"),
        pytest.param("on 2026-01-02 at 03:04", [(KEPT, "2026-01-02"), (KEPT, "03:04")], id="dates and times are kept"),
        pytest.param("ports 1433 1434 8080", [], id="ports are no phone"),
        pytest.param("Password=Summer24;x", [("secret", "Summer24")], id="password"),
        pytest.param("api_key: 'a b'", [("secret", "'a b'")], id="key in quotes"),
        pytest.param("token is abc", [("secret", "abc")], id="told"),
        pytest.param("the key is here", [], id="a key that is none"),
        pytest.param("https://user:pw@host/x", [("secret", "user:pw")], id="of an address"),
        pytest.param(PEM, [("secret", PEM)], id="PEM"),
    ],
)  # fmt: skip
def test_looks(text: str, found: list[tuple[str, str]]) -> None:
    assert [(kind, text[start:end]) for start, end, kind in sensitive(text)] == found


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("a\x00b\n\tc", "a b c", id="one line"),
        pytest.param("crm\u200b-\u00addb", "crm-db", id="invisible inside of a word"),
        pytest.param("x\U000e0041\U000e0042\u202ey", "xy", id="tags and directions"),
        pytest.param("Ｃｒｍ ①", "Crm 1", id="compatible forms"),
        pytest.param("Zu\u0308rich", "Zürich", id="composed"),
        pytest.param("<|im_end|>[INST]{{x}}`y`", "im_end INST x y", id="marks of templates"),
        pytest.param("\ue000\udc00z", "z", id="private and broken"),
    ],
)
def test_one_spelling(text: str, plain: str) -> None:
    assert plain_text(text) == plain
    assert plain_text(plain) == plain
