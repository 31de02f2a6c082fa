"""Forgetting users: in Personalize by a data deletion job, in S3 by saying which objects still name them.

>>> from personalize_sfn import forget                             # doctest: +SKIP
>>> forget(session, config, ["u1", "u2"])                          # doctest: +SKIP
"""

from personalize_sfn.forgetting.forgotten import MEANWHILE, Forgotten, forget
from personalize_sfn.forgetting.named_in_s3 import NamedIn

__all__ = ["MEANWHILE", "Forgotten", "NamedIn", "forget"]
