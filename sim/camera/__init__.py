"""The simulated camera: pictures of the terrain, before and after a landslide, handed over as a companion does."""
