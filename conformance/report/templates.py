"""The templates of the pages, and what is put into them whole."""

from __future__ import annotations

import functools
import re

import jinja2
import markupsafe
from markupsafe import Markup

_CODE = re.compile(r"`([^`]+)`")


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("conformance.report", "pages"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["prose"] = _prose
    return environment


def template(name: str) -> jinja2.Template:
    """A page of `pages/`; everything put into it is escaped."""
    return _environment().get_template(name)


def asset(name: str) -> Markup:
    """A style or a script of `pages/`, as it is."""
    loader = _environment().loader
    assert loader is not None
    source, _, _ = loader.get_source(_environment(), name)
    return Markup(source)  # noqa: S704 (our own file)


def _prose(text: str) -> Markup:
    """A row's sentence with its `code` as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(markupsafe.escape(text))))  # noqa: S704 (escaped within)
