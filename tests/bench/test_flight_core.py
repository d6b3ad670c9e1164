"""The benchmark of the flight core measures a core that lives, and one that outlives a frozen reader."""

import json
import subprocess
import sys


def test_the_flight_core_is_heard_and_is_heard_again_after_a_fall() -> None:
    words = [sys.executable, "-m", "bench.flight_core", "--runs", "1", "--minutes", "0.05"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=200, check=True)
    result = json.loads(done.stdout[done.stdout.index("{") :])
    assert result["start"]["first_heartbeat_s"] > 0.0
    assert result["start"]["peer_bare_pymavlink_first_heartbeat_s"] > 0.0
    assert result["start"]["port_ready_s"] > 0.0
    assert result["restart"]["killed_to_started_s"] < result["restart"]["killed_to_first_heartbeat_s"]
    assert result["frozen_desk"]["alive"]
    assert result["frozen_desk"]["early_mib"] > 10.0
