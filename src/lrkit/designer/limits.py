"""How much a request may ask for: what is more is refused with words, not tried."""

#: Bytes of a request: a recorded run of about a million updates fits.
BODY = 32 * 2**20
#: Characters of one text. The core allows 100,000 beside packed tables.
TEXT = 1_000_000
#: Schedules in one picture.
SCHEDULES = 24
#: Numbers that a text's names stand for.
NAMES = 50
#: Seconds until a question is given up.
SECONDS = 10.0
#: Seconds until a dragged knot stays where the text has come to.
DRAG = 1.0
#: Open connections at once; a browser needs six.
CONNECTIONS = 32
#: Seconds that a connection may keep silent in the middle of a request.
SILENCE = 10.0
#: Sliders of one text.
SLIDERS = 60
#: Knots that can be dragged: more would lie on each other.
KNOTS = 60
#: Points of the curve in view, and of the whole one in the overview.
POINTS, OVERVIEW = 1000, 300
#: Rates of one text in one answer.
ROWS = 50_000
#: Recorded runs that are kept for the next audit.
RUNS = 16
