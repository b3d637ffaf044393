"""The steps of an assessment and what is asked of its results. No Prefect in this package."""

import os

# Before numpy: our matrices are small, and OpenBLAS's threads wait for each other by spinning (nine tenths
# of the processor time of comparing pictures on a busy machine).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
