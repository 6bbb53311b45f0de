"""Sources as addresses."""

import pytest

from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import docs_2025, issue


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (issue("a/b", 7), "https://github.com/a/b/issues/7"),
        (Source("x", "https://example.com/page.html"), "https://example.com/page.html"),
        (Source("x", "a/b@0123abc"), "https://github.com/a/b/tree/0123abc"),
        (Source("x", "a/b@0123abc docs/"), "https://github.com/a/b/tree/0123abc/docs"),
        (Source("x", "a/b@0123abc docs/c.md"), "https://github.com/a/b/blob/0123abc/docs/c.md"),
        (Source("x", "somebody's notes"), None),
        (
            docs_2025("openapi/error/error.md"),
            "https://github.com/tencent-connect/bot-docs/blob/645787a/docs/develop/api-v2/openapi/error/error.md",
        ),
    ],
)
def test_url(source, url):
    assert source.url == url


def test_classes_are_named_as_in_the_documents():
    assert [str(kind) for kind in Evidence] == ["documented", "observed", "inferred", "our choice"]
