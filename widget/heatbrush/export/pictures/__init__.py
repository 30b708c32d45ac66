"""What a view shows, drawn without a browser: a standing picture, figures, the charts of a page."""
