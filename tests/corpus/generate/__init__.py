"""Deterministic generators of made-up reports: the form, coherent random figures and injected flaws, in every format."""
