"""Amazon Personalize, embedded: its three APIs as AWS answers them, with real imports, training and recommendations.

The front door of the embedded AWS hands requests to a :class:`PersonalizeService`; what the service needs of IAM, S3
and the clock is an :class:`Environment`.
"""

from personalize_sfn.local.personalize.controls.durations import Durations
from personalize_sfn.local.personalize.controls.faults import Faults
from personalize_sfn.local.personalize.controls.quotas import Quotas
from personalize_sfn.local.personalize.environment import Environment
from personalize_sfn.local.personalize.service import PersonalizeService

__all__ = ["Durations", "Environment", "Faults", "PersonalizeService", "Quotas"]
