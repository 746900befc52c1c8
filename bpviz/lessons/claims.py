"""The kinds of claims that lessons make, one row each, and how they are checked.

A claim is checked by running it: training the seeds that it names, computing the outputs of the
weights that it gives. ``check`` also returns the figures, which explain why a claim fails.
"""

from dataclasses import replace

from bpviz.lessons.claim_kind import ClaimKind, Verdict
from bpviz.lessons.claims_of_codes import CODE_CLAIMS
from bpviz.lessons.claims_of_networks import NETWORK_CLAIMS
from bpviz.lessons.claims_of_runs import RUN_CLAIMS
from bpviz.lessons.claims_of_seeds import SEED_CLAIMS
from bpviz.lessons.model import Claim

CLAIMS: dict[str, ClaimKind] = {
    row.name: row for row in (*SEED_CLAIMS, *RUN_CLAIMS, *NETWORK_CLAIMS, *CODE_CLAIMS)
}
"""Every kind of claim by name."""


def check(claim: Claim) -> Verdict:
    """Check a claim; ``holds`` of the verdict: it is true, or false where it says so."""
    verdict = CLAIMS[claim.kind].check(claim)
    return replace(verdict, holds=verdict.holds == claim.holds)
