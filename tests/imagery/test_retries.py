from imagery.retries import Retries


def test_a_file_that_never_failed_is_always_due() -> None:
    assert Retries().due("a", 0.0)


def test_each_wait_is_twice_the_last_and_the_end_is_said() -> None:
    retries = Retries(first_wait_s=10, most=3)
    assert retries.note_failure("a", 0.0)
    assert not retries.due("a", 9.9)
    assert retries.due("a", 10.0)
    assert retries.note_failure("a", 10.0)
    assert not retries.due("a", 29.9)
    assert retries.due("a", 30.0)
    assert not retries.note_failure("a", 30.0)
    assert retries.due("b", 30.0)


def test_a_file_forgotten_starts_anew() -> None:
    retries = Retries(first_wait_s=10, most=1)
    assert not retries.note_failure("a", 0.0)
    retries.forget("a")
    assert retries.due("a", 0.0)
