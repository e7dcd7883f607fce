"""What a comparison found, said in text, JSON, Markdown and annotations of a code host."""
