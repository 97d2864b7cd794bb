"""A whole number is shared out in proportion, without a rest."""

from __future__ import annotations

from collections.abc import Sequence


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """So much for each weight, by the largest remainder (Hamilton's method); the sum is `total`.

    Of equal remainders the earlier place comes first, so callers put the places into an order that is always the same.
    No share is larger than its weight where `total` is not larger than the sum of the weights.
    Raises:  ValueError for negative numbers, and for something to share among nobody.
    """
    whole = sum(weights)
    if total < 0 or (weights and min(weights) < 0):
        raise ValueError("nothing negative can be shared")
    if whole == 0:
        if total:
            raise ValueError("nobody takes a share")
        return [0] * len(weights)
    if total == whole:
        return list(weights)
    exact = [total * weight for weight in weights]
    found = [share // whole for share in exact]
    left = total - sum(found)
    if left:
        remainders = [share % whole for share in exact]
        # Sorting is stable: of equal remainders the earlier place stands first.
        for place in sorted(range(len(found)), key=remainders.__getitem__, reverse=True)[:left]:
            found[place] += 1
    return found
