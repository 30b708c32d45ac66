"""What a method is: its entry in the registry, its parameters, its result."""
