"""What decides when servers are given to applications by what they look like and talk to. Keep out: edges' params."""

from __future__ import annotations

from dataclasses import dataclass

# Columns of the model in this order: how much a logit of each basis counts before an estate has been measured.
BASES = ("naming", "traffic", "ownership", "wording")


@dataclass(frozen=True)
class MembershipParams:
    """believed: a membership at or above counts (as for edges); lead: one below is not told at all. accept: how sure a
    membership must be before others are concluded from it; rounds: how often that is done. Shares in [0, 1].

    prior: the model's bias and its weights of BASES; prior_strength: the precision of the Gaussian prior around them,
    so that a small estate is judged by the prior and a large one by its own servers. training: servers that the model
    learns from at most.
    doubt: servers of another application that are imagined with every trait; vote_doubt: imagined votes; home:
    imagined neighbours of a neighbour. opinion: a basis says something of a server when its best guess is at least this
    likely, and says it clearly at `clear`. few, often: a word of names that so many servers bear, and such a share of
    all, names no application. unnamed: the share of applications that nothing names, before an estate is looked at;
    stranger: how much less (in logits) a guess is worth for a server of unknown application because of these.
    many_names: a server that names more applications hosts lists, not applications. named: names that are right before
    an estate has been measured, of named_tries. believed_edge: edges at or above are looked at.
    shared_users: a server that so many others meet as infrastructure serves all; so does one that manages, or to which
    report, so many as shared_managed and shared_share of all. proposed_least, proposed_most: servers of a proposed
    application; proposed_share: of the servers with a common part of the name those that must be joined.
    """

    believed: float = 0.5
    lead: float = 0.3
    accept: float = 0.65
    rounds: int = 4
    prior: tuple[float, float, float, float, float] = (0.0, 1.0, 1.0, 0.4, 2.0)
    prior_strength: float = 20.0
    doubt: float = 1.0
    vote_doubt: float = 0.5
    home: float = 2.0
    opinion: float = 0.2
    clear: float = 0.8
    training: int = 20_000
    few: int = 60
    often: float = 0.1
    unnamed: float = 0.1
    stranger: float = 0.3
    many_names: int = 8
    named: float = 0.95
    named_tries: int = 20
    believed_edge: float = 0.5
    shared_users: int = 5
    shared_managed: int = 20
    shared_share: float = 0.05
    proposed_least: int = 3
    proposed_most: int = 60
    proposed_share: float = 0.8
