"""An OpenID provider on this machine: discovery document, keys, the code flow with PKCE, signed ID tokens, sign-out.

Who signs in is chosen on its page by a button; everything that a client hands over is held to the standard.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "discovery", "a secret of the test's own"


@dataclass
class Provider:
    """people: name on the button -> claims of the ID token. sign_outs: how often somebody signed out."""

    people: Mapping[str, Mapping[str, Any]]
    address: str = ""
    sign_outs: int = 0
    refused: list[str] = field(default_factory=list)
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
    )
    _asked: dict[str, dict[str, str]] = field(default_factory=dict)
    _codes: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "end_session_endpoint": f"{self.address}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }

    def page(self, asked: dict[str, str]) -> str:
        """One button per person, for a request to sign in."""
        number = secrets.token_urlsafe(8)
        self._asked[number] = asked
        buttons = "".join(f'<button name="as" value="{name}">{name}</button>' for name in self.people)
        form = f'<form action="/choose"><input type="hidden" name="request" value="{number}">{buttons}</form>'
        return f"<!doctype html><title>Provider</title><h1>Who are you?</h1>{form}"

    def choose(self, number: str, name: str) -> str:
        """Where the browser goes on once somebody said who they are."""
        asked = self._asked.pop(number)
        code = secrets.token_urlsafe(16)
        self._codes[code] = (name, asked)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The tokens for a code, once; None and a reason in `refused` for a client that breaks a rule."""
        name, asked = self._codes.pop(form.get("code", ""), ("", {}))
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        wrong = {
            "no such code": not name,
            "client": authorization != f"Basic {basic}",
            "redirect_uri": form.get("redirect_uri") != asked.get("redirect_uri"),
            "code_verifier": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked.get("code_challenge"),
            "nonce": not asked.get("nonce"),
        }
        self.refused += [reason for reason, is_wrong in wrong.items() if is_wrong]
        if any(wrong.values()):
            return None
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT_ID, "sub": name, "iat": now, "exp": now + 600, "nonce": asked["nonce"],
            **self.people[name],
        }  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "test"}, claims, self.key)
        return {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "expires_in": 600, "id_token": token}


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """The provider on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self._json(provider.document)
            elif parts.path == "/keys":
                self._json({"keys": [provider.key.as_dict(private=False)]})
            elif parts.path == "/authorize" and asked.get("client_id") == CLIENT_ID:
                self._answer(200, provider.page(asked).encode(), "text/html")
            elif parts.path == "/choose":
                self._redirect(provider.choose(asked["request"], asked["as"]))
            elif parts.path == "/end":
                provider.sign_outs += 1
                self._redirect(asked["post_logout_redirect_uri"])
            else:
                self._answer(404, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            given = provider.tokens(form, self.headers.get("Authorization", ""))
            self._json(given or {"error": "invalid_grant"}, 200 if given else 400)

        def log_message(self, *_: object) -> None:
            """The test's output is not the place for it."""

        def _redirect(self, target: str) -> None:
            self.send_response(302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _json(self, document: dict[str, Any], status: int = 200) -> None:
            self._answer(status, json.dumps(document).encode(), "application/json")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
