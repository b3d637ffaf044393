"""The steps of an assessment and what is asked of its results. No Prefect in this package."""
