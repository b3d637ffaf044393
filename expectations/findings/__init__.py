"""The catalogue of findings: code, severity, scope, sentence, fix."""
