"""The algebra of schedules: standard library only.

The heart is `curve.py` (what a schedule is), `schedule.py` (how schedules combine) and
`shapes.py` (the pieces).
"""
