"""Training tasks that come with lrkit: a real network and real data, for a schedule to show itself.

Importing this package loads no framework; `lrkit.tasks.mnist` loads Keras.
"""
