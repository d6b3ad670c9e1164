"""The simulated camera: pictures of the terrain below, before and after a landslide, handed over as a companion does."""
