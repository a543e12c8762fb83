"""Probes in NumPy: a linear model that is trained by SGD, and losses that are told in advance."""

import contextlib

import numpy as np


class Watched(contextlib.AbstractContextManager):
    """What was asked of a probe: the rates and seeds of all trainings, and how it was left."""

    def __init__(self):
        self.calls, self.entered, self.left = [], 0, []

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, kind, error, trace):
        self.left.append(kind)

    @property
    def lengths(self):
        return [len(rates) for rates, _ in self.calls]

    @property
    def seeds(self):
        return [seed for _, seed in self.calls]


class Linear(Watched):
    """Least squares in 8 dimensions with noise in the targets, by SGD on batches of 16."""

    def __init__(self, held=False, batch=16):
        super().__init__()
        random = np.random.default_rng(0)
        self.true, self.scales = random.standard_normal(8), np.geomspace(1, 0.2, 8)
        self.held, self.batch = held, batch
        self.weights = np.zeros(8)
        self.updates = 0

    def __enter__(self):
        self.kept = self.weights.copy()
        return super().__enter__()

    def __exit__(self, *error):
        self.weights[:] = self.kept
        super().__exit__(*error)

    def draw(self, random, count):
        x = random.standard_normal((count, 8)) * self.scales
        return x, x @ self.true + 0.3 * random.standard_normal(count)

    def losses(self, rates, seed):
        self.calls.append((np.array(rates), seed))
        self.weights[:] = self.kept
        random = np.random.default_rng([seed, 7])
        for rate in rates:
            x, y = self.draw(random, self.batch)
            with np.errstate(over="ignore", invalid="ignore"):
                error = x @ self.weights - y
                self.weights -= rate * x.T @ error / self.batch
                self.updates += 1
                loss = float(np.mean(error**2) / 2)
            yield loss

    def score(self):
        if not self.held:
            return None
        x, y = self.draw(np.random.default_rng(99), 4000)
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.mean((x @ self.weights - y) ** 2) / 2)


class Told(Watched):
    """Losses by a function of the rates and the seed."""

    def __init__(self, losses, score=None):
        super().__init__()
        self._losses, self._score, self.given = losses, score, []

    def losses(self, rates, seed):
        self.calls.append((np.array(rates), seed))
        self.given.append(0)
        for loss in self._losses(rates, seed):
            self.given[-1] += 1
            yield float(loss)

    def score(self):
        return None if self._score is None else self._score(self.calls[-1][0])
