"""The steps of an assessment and of its answers, without Prefect."""

import os

# Before numpy: our matrices are small, and OpenBLAS's threads wait for each other by spinning (nine tenths
# of the processor time of comparing pictures on a busy machine).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
