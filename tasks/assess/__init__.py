"""The steps of one assessment as plain functions."""
