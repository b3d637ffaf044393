"""The steps of an assessment, pure or behind one small seam; no Prefect below this line."""
