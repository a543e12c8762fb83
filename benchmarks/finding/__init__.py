"""What the benchmark of the learning-rate finder is made of."""
