"""Units, innovations, texts and recipe of the example share."""
