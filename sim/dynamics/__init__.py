"""How a multicopter moves, what it draws and what the air does to it; pure, N at once, metres east-north-up."""
