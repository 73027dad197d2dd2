"""What Stellwerk promises, and the long proofs of it: `python -m tests.promises` runs them all."""
