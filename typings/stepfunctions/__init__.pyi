# The names of stepfunctions 2.3.0 that this project uses.
from stepfunctions import steps as steps
from stepfunctions import workflow as workflow

__version__: str
