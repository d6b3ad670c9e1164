"""The shape of the ground: grids, sampling, and the map tiles drawn from them."""
