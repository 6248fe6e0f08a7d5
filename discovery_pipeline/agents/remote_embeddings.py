"""Embeddings from an OpenAI-compatible endpoint.

A few requests at most, with one deadline for all. Redirects are not followed: they would carry the key and the texts to
another host. Error texts of the endpoint are not shown: they may quote what was sent.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from discovery_pipeline.agents.embeddings import NoEmbeddings
from discovery_pipeline.agents.model import PASSING, Endpoint
from discovery_pipeline.domain.errors import TransientError, Unreachable

if TYPE_CHECKING:
    from openai import OpenAI

_BATCH = 256
_CONNECT_S = 5.0
# Per vector, with room: 384 numbers of 25 characters.
_LONGEST_VECTOR = 20_000


@dataclass(frozen=True)
class OpenAIEmbeddings:
    """Vectors of a model that can be asked for fewer dimensions. deadline_s: for all requests of one `embed`."""

    endpoint: Endpoint
    deadline_s: float
    dimensions: int = 384

    @property
    def model(self) -> str:
        return self.endpoint.answerer

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 1 per text, in their order. Raises NoEmbeddings or TransientError."""
        if not texts:
            return []
        deadline = time.monotonic() + self.deadline_s
        with self._client() as client:
            return [
                vector
                for start in range(0, len(texts), _BATCH)
                for vector in self._batch(client, texts[start : start + _BATCH], deadline)
            ]

    def _client(self) -> OpenAI:
        import openai

        try:
            return openai.OpenAI(
                base_url=self.endpoint.base_url,
                api_key=self.endpoint.key or "none",
                default_headers={"Accept-Encoding": "identity"},
                max_retries=0,
                http_client=openai.DefaultHttpxClient(follow_redirects=False),
            )
        except Exception as error:  # an address that is none: the client's message may quote what stands in it
            raise self._none("its address can't be used") from error

    def _batch(self, client: OpenAI, texts: Sequence[str], deadline: float) -> list[list[float]]:
        import openai

        try:
            return self._read(self._post(client, texts, deadline), len(texts))
        except (NoEmbeddings, TransientError):
            raise
        except openai.APIStatusError as error:
            if error.status_code in PASSING:
                raise Unreachable(f"HTTP {error.status_code}", where=self.model) from error
            raise self._none(f"HTTP {error.status_code}") from error
        except Exception as error:  # of the client or of what it stands on; the text may quote the answer
            raise Unreachable(type(error.__cause__ or error).__name__, where=self.model) from error

    def _post(self, client: OpenAI, texts: Sequence[str], deadline: float) -> bytes:
        """The answer's body. Raises NoEmbeddings when it grows beyond any answer, Unreachable at the deadline."""
        import openai

        left = deadline - time.monotonic()
        body = bytearray()
        with client.embeddings.with_streaming_response.create(
            model=self.endpoint.model,
            # The endpoints refuse empty texts.
            input=[text or " " for text in texts],
            dimensions=self.dimensions,
            encoding_format="float",
            extra_headers=None if self.endpoint.key else {"Authorization": openai.omit},
            timeout=openai.Timeout(max(0.1, left), connect=_CONNECT_S),
        ) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LONGEST_VECTOR * (len(texts) + 1):
                    raise self._none("longer than any answer")
                if time.monotonic() > deadline:
                    raise Unreachable("broken off at the deadline", where=self.model)
        return bytes(body)

    def _read(self, body: bytes, count: int) -> list[list[float]]:
        try:
            found: dict[int, list[float]] = {
                item["index"]: [float(part) for part in item["embedding"]] for item in json.loads(body)["data"]
            }
            return [self._scaled(found[i]) for i in range(count)]
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise self._none("its answer holds no vectors") from error

    def _scaled(self, vector: list[float]) -> list[float]:
        """Of length 1: vectors cut to fewer dimensions are not. Raises ValueError when it can't be."""
        length = math.hypot(*vector)
        if len(vector) != self.dimensions or not 0 < length < math.inf:
            raise ValueError("no vector of these dimensions")
        return [part / length for part in vector]

    def _none(self, message: str) -> NoEmbeddings:
        return NoEmbeddings(message, where=self.model, advice="check DISCOVERY_EMBEDDING_MODEL and the endpoint")
