"""What the doctor says: the record that `check` returns."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.validate import refuse
from lrkit.plan.finding import ERROR, SEVERITIES, Finding
from lrkit.plan.plan import Plan

#: Longest expression that is printed whole.
LABEL = 400


@dataclass(frozen=True)
class Diagnosis:
    """What `check` found; it prints as sentences, and is true where there is no error.

    So `assert check(schedule, plan)` stops a program; `found.findings` is empty where all is well.

    Args:
        schedule: The schedule that was checked.
        plan: The run that it is for.
        findings: What was found, errors first; nothing where all is well.
        summary: The run and its rates, in one line.
    """

    schedule: Schedule
    plan: Plan
    findings: tuple[Finding, ...]
    summary: str

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings and notes may be meant."""
        return not self.of(ERROR)

    def of(self, severity: str) -> tuple[Finding, ...]:
        """The findings of one severity.

        Args:
            severity: "error", "warning" or "note".

        Raises:
            ValueError: There is no such severity.

        >>> from lrkit import Plan, check
        >>> [found.code for found in check("cosine(100)", Plan(updates=200)).of("error")]
        ['ends-early']
        """
        if severity not in SEVERITIES:
            near = difflib.get_close_matches(str(severity), SEVERITIES, n=1, cutoff=0.0)[0]
            known = ", ".join(map(repr, SEVERITIES))
            raise refuse("of", "severity", f"one of {known}", severity, f"The nearest is {near!r}.")
        return tuple(found for found in self.findings if found.severity == severity)

    def document(self) -> dict[str, Any]:
        """The same as a JSON object.

        >>> from lrkit import Plan, check
        >>> check("1e-3 * cosine(100)", Plan(updates=100)).document()["ok"]
        True
        """
        plan = {name: value for name, value in asdict(self.plan).items() if value is not None}
        return {
            "schedule": repr(self.schedule),
            "plan": plan | {"updates_per_epoch": self.plan.updates_per_epoch},
            "ok": self.ok,
            "findings": [asdict(found) for found in self.findings],
        }

    def __bool__(self) -> bool:
        """Whether there is no error, as `ok`."""
        return self.ok

    def __str__(self) -> str:
        return "\n".join(map(said, self.findings)) or f"Nothing found. {self.summary}"

    def __repr__(self) -> str:
        codes = ", ".join(found.code for found in self.findings) or "nothing found"
        return f"<Diagnosis: {codes}>"


def said(found: Finding) -> str:
    """A finding with its severity, and below it what to write instead.

    >>> print(said(Finding("ends-late", "It ends late.", mend="cosine(100)")))
    warning: It ends late. [ends-late]
      Write cosine(100)
    """
    line = f"{found.severity}: {found.text} [{found.code}]"
    return line if found.mend is None else f"{line}\n  Write {short(found.mend)}"


def short(text: str) -> str:
    """The beginning and the end of what is packed data."""
    return text if len(text) <= LABEL else f"{text[: LABEL // 2]}...{text[-LABEL // 2 :]}"
