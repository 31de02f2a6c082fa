"""One thing wrong with a definition, as text."""

from __future__ import annotations

from personalize_sfn.local.stepfunctions.definition.diagnostics import SCHEMA, Diagnostic


def test_a_diagnostic_reads_as_code_message_and_location():
    found = Diagnostic(SCHEMA, "Missing required field 'Next'", "/States/A/Choices[0]")
    assert str(found) == "SCHEMA_VALIDATION_FAILED: Missing required field 'Next' at /States/A/Choices[0]"
