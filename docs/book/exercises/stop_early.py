"""Stop early

You get the validation cost of each epoch, one after the other. Write the function that returns the
epoch after which training stops, and the epoch whose weights are taken. It stops as soon as the
lowest cost so far is `patience` epochs old. If that never happens, it stops after the last epoch.
Of equal costs the earliest one counts.
"""

import numpy as np

START = '''
def stop_early(costs, patience):
    """costs: a list, the costs of the epochs 0, 1, ...; returns (last epoch, best epoch)"""
    ...
'''
HINTS = (
    "Go through the epochs, and keep the best epoch so far.",
    "A cost that comes after the stop must not count: training has ended there.",
)
SOLUTION = """
def stop_early(costs, patience):
    best = 0
    for epoch, cost in enumerate(costs):
        if cost < costs[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return epoch, best
"""
MISTAKES = {
    "it looks into the future": """
def stop_early(costs, patience):
    best = costs.index(min(costs))
    return min(best + patience, len(costs) - 1), best
""",
    "it stops at the first rise": """
def stop_early(costs, patience):
    for epoch in range(1, len(costs)):
        if costs[epoch] > costs[epoch - 1]:
            return epoch, epoch - 1
    return len(costs) - 1, len(costs) - 1
""",
    "one epoch late": SOLUTION.replace(">= patience", "> patience"),
    "an equal cost is an improvement": SOLUTION.replace(
        "cost < costs[best]", "cost <= costs[best]"
    ),
}


def check(stop_early):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    cases = [([5, 4, 3, 3, 3, 3, 1], 3), ([3.0], 2), ([4, 5, 3, 4, 2, 9, 1, 2, 2, 0], 2)]
    for _ in range(20):
        cases.append(([int(c) for c in rng.integers(0, 9, 12)], int(rng.integers(1, 5))))
    for costs, patience in cases:
        got = stop_early(list(costs), patience)
        assert got is not None, "stop_early() returned None"
        ends = [e for e in range(len(costs)) if e - int(np.argmin(costs[: e + 1])) >= patience]
        last = min(ends, default=len(costs) - 1)
        right = last, int(np.argmin(costs[: last + 1]))
        assert tuple(got) == right, (
            f"costs {costs}, patience {patience}: expected {right}, got {tuple(got)}"
        )
