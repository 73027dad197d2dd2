"""What each page tells the browser: load nothing from elsewhere, run no script but Datasette's own, be in no frame."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any

from datasette import Response
from datasette.utils import StartupError
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

_INLINE = ("_close_open_menus.html", "_codemirror_foot.html")  # Datasette's templates with a script in the page
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FACETS = ("DATASETTE_ALLOW_FACET = true;", "DATASETTE_ALLOW_FACET = false;")
_OURS = {"briefs.py", "pages.py", "headers.py", "pictures.py", "search_terms.py", "words.py"}


def _policy() -> str:
    templates = files("datasette") / "templates"
    scripts = [*_FACETS, *(each for name in _INLINE for each in _SCRIPT.findall((templates / name).read_text("utf-8")))]
    hashes = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts)
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src 'self' {allowed}; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


HEADERS = {
    "content-security-policy": _policy(),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "x-robots-tag": "noindex, nofollow",  # the adverts are other people's
}

Application = Callable[[Any, Any, Any], Awaitable[None]]


@hookimpl
def asgi_wrapper() -> Callable[[Application], Application]:
    def wrap(app: Application) -> Application:
        async def with_headers(scope: Any, receive: Any, send: Any) -> None:
            async def sent(event: dict[str, Any]) -> None:
                if event["type"] == "http.response.start":
                    ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                    event = {**event, "headers": [*event.get("headers", []), *ours]}
                await send(event)

            await app(scope, receive, sent if scope["type"] == "http" else send)

        return with_headers

    return wrap


@hookimpl
def register_routes() -> list[tuple[str, Callable[[], Response]]]:
    return [(r"^/robots\.txt$", lambda: Response.text("User-agent: *\nDisallow: /\n"))]


@hookimpl
def startup(datasette: Any) -> None:
    """Refuse to show the file to others beside a plugin that may turn texts into markup."""
    if datasette.setting("default_allow_sql"):
        return
    strange = [each["name"] for each in datasette._plugins() if each["name"] not in _OURS]  # noqa: SLF001
    if strange:
        raise StartupError(
            f"This site shows adverts of strangers, and {', '.join(strange)} may turn their texts into markup."
            " Start it in an environment without: ./run datasette …"
        )
