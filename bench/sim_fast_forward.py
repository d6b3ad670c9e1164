"""How much faster than real time one simulated vehicle flies; beside it, real ArduCopter SITL where there is one."""

import json

from bench.sim_world import flying, real_arducopter, run

SECONDS = 600.0
TARGET = 200


def measure() -> dict[str, object]:
    """Return the result: processor time counts, since the machine may be shared."""
    simulation, sessions = flying(1)
    cost = run(simulation, sessions, SECONDS)
    times = SECONDS / cost["cpu_s"]
    return {
        "name": "one simulated vehicle, fast-forward",
        **cost,
        "times_real_time": round(times),
        "times_real_time_by_the_wall": round(SECONDS / cost["wall_s"]),
        "target": TARGET,
        "reached": times >= TARGET,
        "peer": {"name": "ArduCopter SITL", "result": real_arducopter(count=1, speedup=200.0, seconds=10.0)},
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
