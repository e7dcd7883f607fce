"""What the process returns; scripts rely on these."""

DONE = 0
FINDINGS = 1
USAGE = 2
MODEL_RAISED = 3
OUR_ERROR = 70
INTERRUPTED = 130
