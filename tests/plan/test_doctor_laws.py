"""What holds of the doctor for any schedule and any plan."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lrkit import Plan, Schedule, check, read
from lrkit.plan.finding import SEVERITIES
from tests.strategies import schedules

COUNTS = st.integers(1, 60)
PLANS = st.one_of(
    st.integers(1, 5_000).map(lambda n: Plan(updates=n)),
    st.integers(1, 3_000_000_000).map(lambda n: Plan(updates=n)),
    st.builds(
        lambda epochs, fours, batch_size, **more: Plan(
            epochs=epochs, examples=4 * fours * batch_size, batch_size=batch_size, **more
        ),
        *(COUNTS, st.integers(8, 300), COUNTS),
        accumulation=st.sampled_from([1, 2, 3, 8]),
        replicas=st.sampled_from([1, 2, 4]),
        remainder=st.sampled_from(["carry", "flush", "drop"]),
    ),
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "beta2": st.sampled_from([0, 0.9, 0.95, 0.999]),
        "stable_rate": st.sampled_from([1e-4, 0.1, 1.0]),
        "accumulation_told": st.sampled_from([1, 2, 8]),
        "dtype": st.sampled_from(["float32", "bfloat16", "float16"]),
        "updates_done": st.sampled_from([1, 50, 1000, 10**6]),
    },
)


@given(schedules(), PLANS, FACTS)
def test_the_doctor_always_answers_and_its_mends_mend(
    schedule: Schedule, plan: Plan, facts: dict[str, Any]
) -> None:
    found = check(schedule, plan, **facts)
    codes = [one.code for one in found.findings]
    assert len(codes) == len(set(codes))
    assert found.ok == ("error" not in {one.severity for one in found.findings})
    order = [SEVERITIES.index(one.severity) for one in found.findings]
    assert order == sorted(order)
    json.dumps(found.document(), allow_nan=False)
    assert str(found)
    begin = facts.get("updates_done", 0)
    for one in found.findings:
        assert one.step is None or begin <= one.step < begin + plan.updates
        if one.mend is not None:
            mended = read(one.mend)
            assert one.code not in {again.code for again in check(mended, plan, **facts).findings}
