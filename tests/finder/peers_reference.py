"""The peers' rules once more, slowly, record by record, as their programs go through them."""

import math
from itertools import pairwise

import numpy as np


def fastai_records(rates, losses):
    val, best, kept = 0.0, math.inf, []
    for count, loss in enumerate(losses, 1):
        val = loss + 0.98 * (val - loss)
        value = val / (1 - 0.98**count)
        kept.append((rates[count - 1], value))
        if value < best:
            best = value
        if value > 4 * best:
            break
    kept = kept[len(losses) // 10 : -5]
    for i, (_, value) in enumerate(kept):
        if math.isnan(value):
            return kept[:i]
    return kept


def fastai_valley(rates, losses):
    records = fastai_records(rates, losses)
    values = [value for _, value in records]
    longest = [1] * len(values)
    start = end = 0
    for i in range(1, len(values)):
        for j in range(i):
            if values[i] < values[j] and longest[i] < longest[j] + 1:
                longest[i] = longest[j] + 1
            if longest[end] < longest[i]:
                end = i
                start = end - longest[end]
    third = (end - start) / 3
    return records[start + int(third) + int(third / 2)][0]


def fastai_slide(rates, losses):
    records = fastai_records(rates, losses)
    slopes = np.gradient([value for _, value in records])
    right, left = -1, -16
    found = records[left][0]
    while left >= -len(records) and abs(slopes[right] - slopes[left]) > 0.005:
        found = records[left][0]
        right, left = right - 1, left - 1
    return found


def fastai_minimum(rates, losses):
    return min(fastai_records(rates, losses), key=lambda record: record[1])[0] / 10


def fastai_steep(rates, losses):
    records = fastai_records(rates, losses)
    slopes = [(b[1] - a[1]) / (math.log(b[0]) - math.log(a[0])) for a, b in pairwise(records)]
    return records[slopes.index(min(slopes))][0]


def lightning(rates, losses):
    average, best, kept = 0.0, 0.0, []
    for step, (rate, loss) in enumerate(zip(rates, losses, strict=True), 1):
        average = 0.98 * average + 0.02 * loss
        value = average / (1 - 0.98 ** (step + 1))
        kept.append((rate, value))
        if step > 1 and value > 4 * best:
            break
        if value < best or step == 1:
            best = value
    kept = [record for record in kept[10:-1] if math.isfinite(record[1])]
    return kept[least(slopes_over(kept))][0]


def torch_lr_finder(rates, losses):
    best, kept = None, []
    for i, (rate, loss) in enumerate(zip(rates, losses, strict=True)):
        if i == 0:
            best = value = loss
        else:
            value = 0.05 * loss + 0.95 * kept[-1][1]
            best = min(best, value)
        kept.append((rate, value))
        if value > 5 * best:
            break
    kept = kept[10:-5]
    return kept[least(slopes_over([(i, value) for i, (_, value) in enumerate(kept)]))][0]


def slopes_over(records):
    """Second order inside, first order at the ends, on uneven places."""
    slopes = []
    for i in range(len(records)):
        if i in (0, len(records) - 1):
            a, b = records[max(i - 1, 0)], records[min(i + 1, len(records) - 1)]
            slopes.append((b[1] - a[1]) / (b[0] - a[0]))
            continue
        (x0, y0), (x1, y1), (x2, y2) = records[i - 1 : i + 2]
        before, after = x1 - x0, x2 - x1
        slopes.append(((y1 - y0) / before * after + (y2 - y1) / after * before) / (before + after))
    return slopes


def least(values):
    return values.index(min(values))


PEERS = {
    function.__name__: function
    for function in (
        *(fastai_valley, fastai_slide, fastai_minimum, fastai_steep),
        *(lightning, torch_lr_finder),
    )
}
