"""What to do next: best steps, what-if, sensitivity, comparison and withdrawal of published runs."""
