"""What each unit reads on its share."""
