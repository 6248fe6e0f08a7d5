"""Elements of SVG and HTML as escaped markup. Keep out: what is drawn."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

FONT = "Segoe UI,Helvetica Neue,Arial,Liberation Sans,sans-serif"
INK, DIM, LINE, SOFT, ACCENT = "#17212b", "#55616d", "#d5dde4", "#eef2f5", "#0b4f6c"


def tag(element: str, *children: str, **attributes: str | float | None) -> Markup:
    """One element; a string that is no Markup is escaped; `_` in attributes is `-`, a trailing one is dropped."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = Markup("").join(children)
    return Markup(f"<{element}{written}>{inner}</{element}>")  # noqa: S704 names are ours, values are escaped


def _written(value: str | float) -> str:
    """Coordinates to a tenth of a pixel, so that another machine's last digit changes no byte."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def label(x: float, y: float, content: str, size: float = 12, **attributes: str | float | None) -> Markup:
    """Text at a place."""
    given: dict[str, str | float | None] = {"fill": INK, "font_size": size, **attributes}
    return tag("text", content, x=x, y=y, **given)


def picture(width: float, height: float, title: str, parts: Iterable[str], **attributes: str) -> Markup:
    """A drawing as wide as the page, with its title for those who can't see it."""
    return tag(
        "svg", tag("title", title), *parts, viewBox=f"0 0 {width:.0f} {height:.0f}", width="100%", role="img",
        font_family=FONT, **attributes,
    )  # fmt: skip
