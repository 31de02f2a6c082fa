"""Filter expressions, applied to candidates.

    mask = allowed(parse(text), {"GENRE": '"Horror"'}, facts)      # one boolean for each candidate

What they say is read by :mod:`personalize_sfn.filter_expressions`.
"""

from personalize_sfn.local.personalize.filters.evaluation import CandidateColumn, Facts, allowed, event_type

__all__ = ["CandidateColumn", "Facts", "allowed", "event_type"]
