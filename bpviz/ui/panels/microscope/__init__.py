"""The microscope: every term of one weight's change, as a formula, numbers and bars."""
