"""All samples of a view as a list: scored, ordered, narrowed down; a page is sent a part of it."""
