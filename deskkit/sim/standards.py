"""By what the policies of a study are judged, where that is not the same for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.measures.printing import told_targets
from deskkit.measures.report import choices_of
from deskkit.worded import SEMICOLON, joined, worded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.desk.policy import Policy

__all__ = ["own_targets"]


def own_targets(policies: Mapping[str, Policy]) -> tuple[str, ...]:
    """Say that each policy is judged by its own targets, where these differ; else nothing.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> own_targets({"standard": Policy.load("data/policies/standard.toml")})
    ()
    """
    told = {name: choices_of(policy) for name, policy in policies.items()}
    if len({(one.targets, *sorted(one.group_targets.items())) for one in told.values()}) <= 1:
        return ()
    each = (worded("{names}: {said}", names=name, said=told_targets(one)) for name, one in told.items())
    differ = worded(
        "Each policy is judged by its own targets, and these differ: what is promised (SLA) and what is late are not "
        "the same for all. {each}.",
        each=joined(each, SEMICOLON),
    )
    return (differ,)
