"""What the tabs are drawn with: figures, marks and brushes; computes nothing, knows no tab."""
