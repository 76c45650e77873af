"""Which kind of function a seeder runs, by the name that either twin finds it under."""

RUNS_ASYNC = True
RUNS_BLOCKING = False
