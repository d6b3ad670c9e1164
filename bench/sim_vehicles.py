"""How many simulated vehicles fly in real time on one core; beside it, real ArduCopter SITL where there is one."""

import json

from bench.sim_world import flying, real_arducopter, run

VEHICLES = 200
SECONDS = 10.0
TARGET = 200


def measure() -> dict[str, object]:
    """Return the result: processor time counts, since the machine may be shared."""
    simulation, sessions = flying(VEHICLES)
    cost = run(simulation, sessions, SECONDS)
    per_core = VEHICLES * SECONDS / cost["cpu_s"]
    return {
        "name": "simulated vehicles in real time on one core, position at 4 Hz, the rest at 1 Hz",
        "vehicles": VEHICLES,
        **cost,
        "vehicles_a_core": round(per_core),
        "target": TARGET,
        "reached": per_core >= TARGET,
        "peer": {"name": "ArduCopter SITL", "result": real_arducopter(count=4, speedup=1.0, seconds=SECONDS)},
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
