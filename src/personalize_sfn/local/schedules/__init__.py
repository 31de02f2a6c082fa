"""What AWS would do later by itself: schedules are checked, and what never happens here is refused by name."""
