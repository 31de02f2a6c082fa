"""The clock of Step Functions and Personalize."""

from personalize_sfn.local import clock


def test_it_goes_as_the_machines_clock_does_and_ahead_of_it(monkeypatch):
    monkeypatch.setattr(clock.time, "time", lambda: 100.0)
    ours, advanced = clock.Clock(), clock.Clock(ahead=3600)
    assert (ours.now(), advanced.now()) == (100, 3700)
    ours.ahead += 60
    monkeypatch.setattr(clock.time, "time", lambda: 101.5)
    assert ours.now() == 161.5
