"""The words after `prevenance lab`: one file a capability, the same estimators and measures as in production."""
