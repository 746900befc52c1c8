"""What leaves the program: checkpoints, link texts, Keras scripts, and files written whole."""
