"""What can be set: faults, quotas and how long resources take."""
