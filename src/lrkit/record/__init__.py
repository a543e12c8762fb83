"""What was applied, kept: in memory, in a CSV file, on a TensorBoard, as a picture."""
