"""JSON as it must be: strict, of a sane depth, or a reason in one line."""

from typing import Any

import pytest
from scrapy.http import TextResponse

from crawler.sources.base import read_json
from tests.stopwatch import within


def read(body: bytes) -> Any:
    return read_json(TextResponse("https://a.example/", body=body, encoding="utf-8"))


def test_what_is_json_is_read() -> None:
    assert read(b'\xef\xbb\xbf{"a": [1, {"b": "]]]]"}], "c": "\xc3\xbc"}') == {"a": [1, {"b": "]]]]"}], "c": "ü"}
    assert read(b"[" * 60 + b"]" * 60) is not None
    assert read(b'{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"[" * 61 + b"]" * 61, "more than 60 levels"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "more than 60 levels"),
        (b"[" * 100_000, "more than 60 levels, or cut"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b"[Infinity]", "Infinity is no JSON"),
        (b"[-Infinity]", "-Infinity is no JSON"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "4300"),
        (b"", "Expecting value"),
        (b"<html>", "Expecting value"),
        (b'{"a": 1', "or cut"),
        (b"{'a': 1}", "Expecting property name"),
        (b'{"a": "\xff"}', "invalid start byte"),
    ],
)
def test_what_is_not_says_why_and_never_as_a_recursion_error(body: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(body)


@pytest.mark.parametrize("piece", [b'"["', b"[]", b"{}", b'"a', b"[", b'\\"', b'{"a":"['])
def test_a_large_answer_costs_little(piece: bytes) -> None:
    with within(0.5), pytest.raises(ValueError, match=r"[a-z]"):
        read(piece * (1_000_000 // len(piece)))
