"""What `lrkit.keras.find_lr` is made of: the data, the rate, and what is put back."""
