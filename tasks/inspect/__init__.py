"""Evidence to facts: inspectors, links, OCR, ledger, engines."""
