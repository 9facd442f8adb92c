"""What was asked: text → Spec → Plan. No data is read here."""
