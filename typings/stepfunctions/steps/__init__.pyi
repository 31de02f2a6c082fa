from stepfunctions.steps.states import (
    Catch as Catch,
)
from stepfunctions.steps.states import (
    Chain as Chain,
)
from stepfunctions.steps.states import (
    Choice as Choice,
)
from stepfunctions.steps.states import (
    ChoiceRule as ChoiceRule,
)
from stepfunctions.steps.states import (
    Fail as Fail,
)
from stepfunctions.steps.states import (
    FrozenGraph as FrozenGraph,
)
from stepfunctions.steps.states import (
    Graph as Graph,
)
from stepfunctions.steps.states import (
    LambdaStep as LambdaStep,
)
from stepfunctions.steps.states import (
    Map as Map,
)
from stepfunctions.steps.states import (
    Parallel as Parallel,
)
from stepfunctions.steps.states import (
    Pass as Pass,
)
from stepfunctions.steps.states import (
    Retry as Retry,
)
from stepfunctions.steps.states import (
    StepFunctionsStartExecutionStep as StepFunctionsStartExecutionStep,
)
from stepfunctions.steps.states import (
    Succeed as Succeed,
)
from stepfunctions.steps.states import (
    Task as Task,
)
from stepfunctions.steps.states import (
    Wait as Wait,
)
