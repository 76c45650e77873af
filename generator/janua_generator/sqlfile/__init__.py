"""Query files: their text, and what it says before any server or syntax tree is asked."""
