"""The doctor: what is wrong with a schedule over a plan, said before the run."""

from lrkit.plan.doctor.check import check
from lrkit.plan.doctor.diagnosis import Diagnosis

__all__ = ["Diagnosis", "check"]
