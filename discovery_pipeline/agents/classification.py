"""The agent that is asked what type an asset is: by its system, maker, model and the words in its name.

Keep out: which assets are in doubt and what an answer does (domain/inventory/classification).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discovery_pipeline.agents.choosing import ChoiceAgent
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.agents.telling import has_words
from discovery_pipeline.domain.inventory.classification.features import NAME_WORDS_SHOWN, OURS, TELLING
from discovery_pipeline.domain.opinions.doubts import Doubt

# A product's name and version are shorter.
_LONGEST = 60


def _show(doubt: Doubt, pseudonyms: Pseudonyms) -> Mapping[str, Any]:
    """What is known of the asset: our own words as they are, texts of files as the pseudonyms leave them."""
    known = {
        name: list(texts) if name in OURS else [pseudonyms.hide(text, _LONGEST) for text in texts]
        for name, texts in doubt.shown.items()
    }
    return {"known": known}


def _tells(item: Mapping[str, Any]) -> bool:
    """Whether a word stands in clear in what can tell a type; which fields an asset has tells none."""
    texts = {name: told for name, told in item["known"].items() if name in TELLING}
    return any(name == NAME_WORDS_SHOWN or any(map(has_words, told)) for name, told in texts.items())


AGENT = ChoiceAgent("classification", _show, tells=_tells)
