"""How a multicopter moves, what it draws and what the air does to it; pure NumPy over N vehicles, metres east-north-up."""
