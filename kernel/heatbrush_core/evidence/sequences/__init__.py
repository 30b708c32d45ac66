"""Models that answer step by step: what each answer rests on."""
