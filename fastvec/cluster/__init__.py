"""Training on several machines: the text in portions, trainers that merge their rows, and Ray.

Everything but ``ray_crew.py`` and ``ray_engine.py`` works without Ray, in one process.
"""
